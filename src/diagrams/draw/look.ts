import { AUTHOR_CLASSES, hue, mark, markRgb, wash } from './tokens.ts';
import type { AuthorClass, Token } from './tokens.ts';

/**
 * Style rules handed to Mermaid itself (not to the page), so that a browser drawing the same source shows the same
 * picture. They give each kind the site's hand: quiet washes, hues for outlines, 1.5 px strokes, readable sizes.
 */

/** How many members of a series have rules of their own. */
const SERIES_RULES = 12;

const fill = (token: Token) => `fill:${mark(token)}`;
const stroke = (token: Token) => `stroke:${mark(token)}`;

/** A rim in the colour behind it keeps text readable that lines run under. */
const rim = (token: Token) => `paint-order:stroke;${stroke(token)};stroke-width:4px;stroke-linejoin:round`;

function series(rules: (n: number) => string): string {
  return Array.from({ length: SERIES_RULES }, (_, n) => rules(n)).join('');
}

const KINDS = [
  '.edgeLabel rect,.edgeLabel .label rect,.labelBkg{opacity:1}.edge-thickness-normal{stroke-width:1.5px}',
  `.cluster:not([class*="section-"]) .cluster-label text{${rim('board-sunk')}}`,
  // Sequence
  `.messageText,.loopText,.loopText>tspan{${rim('board')}}`,
  `.loopLine{${stroke('rule-strong')};stroke-width:1.5px;stroke-dasharray:6 4}`,
  '.sequenceNumber{font-size:15px}.actor-line,.labelBox{stroke-width:1px}.messageLine0,.messageLine1{stroke-width:1.5px}',
  // Gantt
  `.grid .tick line{${stroke('rule')}}.grid path{stroke:none}.grid .tick text{font-size:12px}`,
  // Charts
  series((n) => `.bar-plot-${n} rect{${fill(wash(n))};${stroke(hue(n))};stroke-width:1.5px}`),
  series((n) => `.line-plot-${n} path{stroke-width:2.5px}`),
  `.pieCircle,.pieOuterCircle{${stroke('ink-soft')};stroke-width:1.5px}.legend rect{${stroke('ink-soft')}!important}`,
  `.radarGraticule{fill:none;${stroke('rule-strong')};stroke-width:1px}.radarAxisLine{${stroke('rule-strong')};stroke-width:1px}`,
  '.radarAxisLabel,.radarLegendText{font-size:14px}',
  series((n) => {
    const look = `${fill(hue(n))};fill-opacity:.14;${stroke(hue(n))};stroke-width:2px`;
    return `.radarCurve-${n},.radarLegendBox-${n}{${look}}`;
  }),
  `.venn-area text{${fill('ink')}!important}`,
  series(
    (n) =>
      `.venn-set-${n} path{${fill(hue(n))}!important;fill-opacity:.14!important;${stroke(hue(n))}!important;stroke-width:1.5px!important}`,
  ),
  // Use cases: without HTML, Mermaid forgets to centre these.
  '.usecase-element .label text{text-anchor:middle}',
  // Boards, maps and lines of time
  series((n) => `.cluster.section-${n}>rect{${fill('board-sunk')};${stroke(hue(n))};stroke-width:1.5px}`),
  series((n) => `.edge.section-edge-${n}{${stroke(hue(n + 1))};stroke-width:2px}`),
  `.lineWrapper line{${stroke('ink-soft')};stroke-width:1.5px}.eventWrapper{filter:none}`,
  series((n) => `.actor-${n}{${fill(hue(n))};${stroke('ink-soft')}}`),
  `text.journey-section,text.task{${fill('ink')}}`,
  `.face{${fill('caution-wash')};${stroke('caution')};stroke-width:1.5px}.mouth{${stroke('caution')}}`,
].join('');

const SHAPES = ['rect', 'path', 'polygon', 'circle', 'ellipse'];

interface ClassLook {
  fill: Token;
  line: Token;
  text?: Token;
  dashed?: boolean;
}

const CLASSES: Record<AuthorClass, ClassLook> = {
  accent: { fill: 'accent-wash', line: 'accent' },
  danger: { fill: 'danger-wash', line: 'danger' },
  muted: { fill: 'board-sunk', line: 'rule-strong', text: 'ink-faint' },
  store: { fill: 'teal-wash', line: 'teal' },
  async: { fill: 'violet-wash', line: 'violet', dashed: true },
};

const isUsed = (source: string, name: string) =>
  new RegExp(`(?:^|[^\\w-])${name}(?![\\w-])`, 'm').test(source);

/**
 * Makes the author classes known where rules alone do not reach: edges of flowcharts take their looks from `classDef`
 * statements, and `rect danger` and `box accent Title` of sequence diagrams only know colours. Lines keep their numbers.
 */
export function withAuthorClasses(source: string): string {
  if (/^\s*(?:flowchart|graph)\b/m.test(source)) {
    const definitions = AUTHOR_CLASSES.filter((name) => isUsed(source, name)).map((name) => {
      const { line, dashed } = CLASSES[name];
      return `\nclassDef ${name} ${stroke(line)}${dashed === true ? ',stroke-dasharray:5 4' : ''}`;
    });
    return source.trimEnd() + definitions.join('');
  }
  if (!/^\s*sequenceDiagram\b/m.test(source)) return source;
  const area = new RegExp(`^(\\s*(?:rect|box)\\s+)(${AUTHOR_CLASSES.join('|')})\\b`, 'gm');
  return source.replace(area, (_, before: string, name: AuthorClass) => before + markRgb(CLASSES[name].fill));
}

/** The rules of one author class: node shapes and areas, labels, and edges that carry it. */
function classRules(name: string, look: ClassLook): string {
  const shapes = SHAPES.flatMap((shape) => [
    `g.${name}:not(.edgeLabel)>${shape}`,
    `g.${name}:not(.edgeLabel)>:not(.label):not(.cluster-label)>${shape}:not(.divider)`,
  ]);
  const dash = look.dashed === true ? 'stroke-dasharray:5 4!important;' : '';
  const line = `${stroke(look.line)}!important;${dash}`;
  const text = look.text && `${fill(look.text)}!important;color:${mark(look.text)}!important`;
  return [
    `${shapes.join(',')}{${fill(look.fill)}!important;${line}}`,
    text === undefined ? '' : `g.${name} text,g.${name} tspan{${text}}`,
    `path.${name},line.${name}{${line}}`,
  ].join('');
}

/** All rules, as Mermaid's `themeCSS` takes them. */
export const THEME_CSS =
  KINDS +
  Object.entries(CLASSES)
    .map(([name, look]) => classRules(name, look))
    .join('');
