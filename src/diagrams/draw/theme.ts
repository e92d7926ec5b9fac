/**
 * Mermaid mixes and inverts the colours it is given, so it gets marks instead: `#fe01NN` stands for the Nth design token
 * of `src/site/styles/tokens.css`, and comes out of the drawing as `var(--token)`. One picture serves light and dark.
 */
export const TOKENS = [
  'board',
  'board-raised',
  'board-sunk',
  'grid',
  'ink',
  'ink-soft',
  'ink-faint',
  'rule',
  'rule-strong',
  'highlight',
  'accent',
  'accent-wash',
  'teal',
  'teal-wash',
  'caution',
  'caution-wash',
  'violet',
  'violet-wash',
  'magenta',
  'magenta-wash',
  'success',
  'success-wash',
  'danger',
  'danger-wash',
] as const;

export type Token = (typeof TOKENS)[number];

/** Hues of a categorical series, in order; each has its `-wash` as a quiet fill. */
const SERIES = ['accent', 'teal', 'caution', 'violet', 'magenta', 'success', 'danger'] as const;

/** Classes that writers may put on nodes, edges and areas; everything else about colour is the theme's. */
export const AUTHOR_CLASSES = ['accent', 'danger', 'muted', 'store', 'async'] as const;

const MARK = 'fe01';

/** The colour that stands for a token while Mermaid draws. */
export function mark(token: Token): string {
  return `#${MARK}${TOKENS.indexOf(token).toString(16).padStart(2, '0')}`;
}

/** A mark as `rgb()`, for places whose syntax has no `#`. */
export function markRgb(token: Token): string {
  return `rgb(254, 1, ${TOKENS.indexOf(token)})`;
}

/** A paint that came out of a drawing: a token with its opacity, or undefined for a colour that is no mark. */
export function unmark(colour: string): { token: Token; alpha: number } | undefined {
  const hex = /^#fe01([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(colour);
  const rgb = /^rgba?\(\s*254[\s,]+1[\s,]+(\d+)\s*(?:[,/]\s*([\d.]+)(%)?\s*)?\)$/i.exec(colour);
  const index = hex ? Number.parseInt(hex[1] ?? '', 16) : rgb ? Number(rgb[1]) : NaN;
  const token = TOKENS[index];
  if (!token) return undefined;
  if (hex?.[2]) return { token, alpha: Number.parseInt(hex[2], 16) / 255 };
  const alpha = rgb?.[2] === undefined ? 1 : Number(rgb[2]) / (rgb[3] ? 100 : 1);
  return { token, alpha };
}

const hue = (n: number) => SERIES[((n % SERIES.length) + SERIES.length) % SERIES.length] ?? 'accent';
const wash = (n: number): Token => `${hue(n)}-wash`;

/** Theme variables by name. Later patterns are the net for what earlier ones leave. */
const PATTERNS: readonly (readonly [RegExp, Token | ((n: number) => Token)])[] = [
  [/^(?:cScale|fillType)(\d+)$/, wash],
  [/^git(\d+)$/, hue],
  [/^(?:pie|venn)(\d+)$/, (n) => wash(n - 1)],
  [/^(?:cScaleLabel|scaleLabel)/, 'ink'],
  [/^gitBranchLabel\d+$/, 'board'],
  [/^(?:cScaleInv|cScalePeer)(\d+)$/, hue],
  [/^gitInv\d+$/, 'board'],
  [/^surface(\d+)$/, wash],
  [/^surfacePeer(\d+)$/, hue],
  [
    /^(?:background|edgeLabelBackground|labelBackgroundColor|relationLabelBackground|commitLabelBackground)$/,
    'board',
  ],
  [/^(?:compositeBackground|rowOdd|attributeBackgroundColorOdd)$/, 'board-raised'],
  [
    /^(?:clusterBkg|secondaryColor|tertiaryColor|altBackground|rowEven|attributeBackgroundColorEven)$/,
    'board-sunk',
  ],
  [/^(?:compositeTitleBackground|rectBkgColor|excludeBkgColor|quadrant[13]Fill)$/, 'board-sunk'],
  [
    /^(?:clusterBorder|tertiaryBorderColor|secondaryBorderColor|compositeBorder|border2|flowContainerStroke)$/,
    'rule-strong',
  ],
  [/^(?:actorLineColor|archGroupBorderColor|quadrantInternalBorderStrokeFill)$/, 'rule-strong'],
  [/^(?:noteBkgColor|errorBkgColor)$/, 'caution-wash'],
  [/^noteBorderColor$/, 'caution'],
  [/^errorTextColor$/, 'danger'],
  [/^activationBkgColor$/, 'accent-wash'],
  [/^activationBorderColor$/, 'accent'],
  [
    /^(?:sequenceNumberColor|altSectionBkgColor|quadrant[24]Fill|pieStrokeColor|pieOuterStrokeColor)$/,
    'board',
  ],
  [/^sectionBkgColor2?$/, 'board-sunk'],
  [/^(?:taskBkgColor|activeTaskBkgColor)$/, 'accent-wash'],
  [
    /^(?:taskBorderColor|activeTaskBorderColor|taskTextClickableColor|quadrantPointFill|vertLineColor)$/,
    'accent',
  ],
  [/^doneTaskBkgColor$/, 'board-sunk'],
  [/^doneTaskBorderColor$/, 'rule-strong'],
  [/^critBkgColor$/, 'danger-wash'],
  [/^(?:critBorderColor|todayLineColor|wardleyEvolutionColor)$/, 'danger'],
  [/^(?:innerEndBackground|specialStateColor)$/, 'ink'],
  [/^gridColor$/, 'rule'],
  [/^tagLabelBackground$/, 'board-raised'],
  [/^emUiFill$/, 'board-raised'],
  [/^emProcessorFill$/, 'magenta-wash'],
  [/^emReadModelFill$/, 'success-wash'],
  [/^emCommandFill$/, 'accent-wash'],
  [/^emEventFill$/, 'caution-wash'],
  [/^emSwimlaneBackgroundOdd$/, 'board-sunk'],
  [/^emSwimlaneBackgroundStroke$/, 'rule'],
  [/^(?:labelBoxBorderColor|actorLineColor)$/, 'rule-strong'],
  [/border|stroke/i, 'ink-soft'],
  [/bkg|background/i, 'board-raised'],
  [/(?:Text(?:Fill|Color)?|TitleFill|Label(?:Color)?\d*)$|^(?:text|title|label)/, 'ink'],
  [/fill|^primaryColor$/i, 'board-raised'],
  [/text|label|title/i, 'ink'],
];

/** Variables of the kinds that keep theirs in a group (radar, wardley, xyChart, cynefin). */
const GROUPED: readonly (readonly [RegExp, Token])[] = [
  [/background/i, 'board'],
  [/Fill$/, 'board-raised'],
  [/Bg$/, 'board-sunk'],
  [/text|label|title/i, 'ink'],
  [/grid|graticule|AxisLine|Tick/i, 'rule-strong'],
];

function variable(name: string): string {
  for (const [pattern, token] of PATTERNS) {
    const match = pattern.exec(name);
    if (match) return mark(typeof token === 'string' ? token : token(Number(match[1])));
  }
  return mark('ink-soft');
}

function grouped(name: string): string {
  return mark(GROUPED.find(([pattern]) => pattern.test(name))?.[1] ?? 'ink-soft');
}

const isColour = (value: unknown) =>
  typeof value === 'string' && /^(#|rgb|hsl|white$|black$|red$|navy$|grey$|lightgrey$)/i.test(value);

/**
 * Every colour among Mermaid's own theme variables replaced by its mark, sizes set to the site's.
 * @param defaults what Mermaid computed for its `base` theme
 */
export function themeVariables(
  defaults: Record<string, unknown>,
  fontFamily: string,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(defaults)) {
    if (isColour(value)) out[name] = variable(name);
    else if (typeof value === 'object' && value !== null) {
      const group = { ...value } as Record<string, unknown>;
      for (const [inner, colour] of Object.entries(group))
        if (isColour(colour)) group[inner] = grouped(inner);
      out[name] = group;
    }
  }
  const xyChart = out['xyChart'] as Record<string, unknown>;
  xyChart['plotColorPalette'] = SERIES.map(mark).join(',');
  return {
    ...out,
    xyChart,
    packet: {
      startByteColor: mark('ink-faint'),
      endByteColor: mark('ink-faint'),
      labelColor: mark('ink'),
      titleColor: mark('ink'),
      blockStrokeColor: mark('ink-soft'),
      blockFillColor: mark('board-raised'),
      byteFontSize: '12px',
      labelFontSize: '14px',
      titleFontSize: '16px',
      blockStrokeWidth: '1.5',
    },
    fontFamily,
    fontSize: '16px',
    strokeWidth: '1.5',
    useGradient: false,
    dropShadow: 'none',
    pieOpacity: '1',
    pieStrokeWidth: '2px',
    pieSectionTextSize: '15px',
    pieLegendTextSize: '15px',
    pieTitleTextSize: '18px',
    commitLabelFontSize: '12px',
    tagLabelFontSize: '12px',
    archEdgeWidth: '1.5',
    archGroupBorderWidth: '1.5px',
  };
}

const SHAPES = ['rect', 'path', 'polygon', 'circle', 'ellipse'];

/** What an area looks like that carries an author class, in kinds that only know colours. */
const AREA_FILL: Record<(typeof AUTHOR_CLASSES)[number], Token> = {
  accent: 'accent-wash',
  danger: 'danger-wash',
  muted: 'board-sunk',
  store: 'teal-wash',
  async: 'violet-wash',
};

/** Lets `rect danger` and `box accent Title` of sequence diagrams, which only know colours, take author classes. */
export function classesAsColours(source: string): string {
  if (!/^\s*sequenceDiagram\b/m.test(source)) return source;
  const area = new RegExp(`^(\\s*(?:rect|box)\\s+)(${AUTHOR_CLASSES.join('|')})\\b`, 'gm');
  return source.replace(
    area,
    (_, before: string, name: (typeof AUTHOR_CLASSES)[number]) => before + markRgb(AREA_FILL[name]),
  );
}

/** The look of an author class: node shapes, labels, and edges that carry it. */
function authorClass(
  name: string,
  look: { fill?: Token; line: Token; text?: Token; dashed?: boolean },
): string {
  const shapes = SHAPES.flatMap((shape) => [
    `.${name}:not(.edgeLabel):not(path)>${shape}`,
    `.${name}>.basic ${shape}`,
    `.${name}>.outer-path ${shape}`,
  ]);
  const dash = look.dashed ? 'stroke-dasharray:5 4!important;' : '';
  const fill = look.fill ? `fill:${mark(look.fill)}!important;` : '';
  const text = look.text
    ? `.${name} text,.${name} tspan{fill:${mark(look.text)}!important;color:${mark(look.text)}!important}`
    : '';
  return [
    `${shapes.join(',')}{${fill}stroke:${mark(look.line)}!important;${dash}}`,
    text,
    `path.${name},line.${name}{stroke:${mark(look.line)}!important;${dash}}`,
  ].join('');
}

const AUTHOR_CSS = [
  authorClass('accent', { fill: 'accent-wash', line: 'accent' }),
  authorClass('danger', { fill: 'danger-wash', line: 'danger' }),
  authorClass('muted', { fill: 'board-sunk', line: 'rule-strong', text: 'ink-faint' }),
  authorClass('store', { fill: 'teal-wash', line: 'teal' }),
  authorClass('async', { fill: 'violet-wash', line: 'violet', dashed: true }),
].join('');

/** Extra rules handed to Mermaid itself, so that a browser drawing the same source shows the same picture. */
const THEME_CSS = [
  '.edgeLabel rect,.edgeLabel .label rect,.labelBkg{opacity:1}',
  // Sequence labels cross lifelines: a rim of board keeps them readable.
  `.messageText,.loopText,.loopText>tspan{paint-order:stroke;stroke:${mark('board')};stroke-width:4px;stroke-linejoin:round}`,
  `.loopLine{stroke:${mark('rule-strong')};stroke-width:1.5px;stroke-dasharray:6 4}`,
  `.grid .tick line{stroke:${mark('rule')}}.grid path{stroke:none}`,
  `.cluster-label text{paint-order:stroke;stroke:${mark('board-sunk')};stroke-width:4px;stroke-linejoin:round}`,
  `.sequenceNumber{font-size:13px}`,
  `.actor-line{stroke-width:1px}.labelBox{stroke-width:1px}`,
  AUTHOR_CSS,
].join('');

const C4_KINDS = [
  'person',
  'system',
  'system_db',
  'system_queue',
  'container',
  'container_db',
  'container_queue',
  'component',
  'component_db',
  'component_queue',
];

function c4(fontFamily: string): Record<string, string> {
  const out: Record<string, string> = { boundaryFontFamily: fontFamily, messageFontFamily: fontFamily };
  for (const kind of C4_KINDS)
    for (const [name, fill, border] of [
      [kind, 'board-raised', 'ink-soft'],
      [`external_${kind}`, 'board-sunk', 'rule-strong'],
    ] as const) {
      out[`${name}FontFamily`] = fontFamily;
      out[`${name}_bg_color`] = mark(fill);
      out[`${name}_border_color`] = mark(border);
      out[`${name}_font_color`] = mark('ink');
    }
  return out;
}

/** Mermaid's configuration, theme variables aside. SVG labels only: HTML labels take on the page's styles. */
export function config(fontFamily: string) {
  return {
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    htmlLabels: false,
    look: 'classic',
    theme: 'base',
    logLevel: 5,
    fontFamily,
    deterministicIds: true,
    deterministicIDSeed: 'd',
    handDrawnSeed: 1,
    themeCSS: THEME_CSS,
    flowchart: { wrappingWidth: 180 },
    state: { wrappingWidth: 180, minNodeWidth: 1 },
    er: { minEntityWidth: 150 },
    sequence: {
      actorFontSize: 16,
      noteFontSize: 15,
      messageFontSize: 15,
      actorFontFamily: fontFamily,
      noteFontFamily: fontFamily,
      messageFontFamily: fontFamily,
      diagramMarginX: 8,
      diagramMarginY: 8,
      actorMargin: 32,
      width: 120,
      height: 44,
      messageMargin: 34,
      noteMargin: 8,
      boxMargin: 8,
      mirrorActors: false,
      bottomMarginAdj: 8,
    },
    gantt: {
      useWidth: 690,
      leftPadding: 90,
      barHeight: 26,
      barGap: 6,
      topPadding: 56,
      fontSize: 13,
      sectionFontSize: 14,
    },
    journey: { taskFontFamily: fontFamily, titleFontFamily: fontFamily },
    timeline: { taskFontFamily: fontFamily },
    c4: c4(fontFamily),
  } as const;
}
