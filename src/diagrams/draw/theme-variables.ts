import { hue, mark, SERIES, wash } from './tokens.ts';
import type { Token } from './tokens.ts';

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
  [/^complexBg$/, 'success-wash'],
  [/^complicatedBg$/, 'accent-wash'],
  [/^chaoticBg$/, 'danger-wash'],
  [/^clearBg$/, 'caution-wash'],
  [/^confusionBg$/, 'violet-wash'],
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
