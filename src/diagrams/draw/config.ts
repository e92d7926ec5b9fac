import { THEME_CSS } from './look.ts';
import { mark } from './tokens.ts';

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
    er: { minEntityWidth: 120, minEntityHeight: 48 },
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
      barHeight: 28,
      barGap: 6,
      topPadding: 56,
      fontSize: 14,
      sectionFontSize: 15,
      axisFormat: '%-d %b',
    },
    usecase: { minNodeWidth: 1, actorFontFamily: fontFamily, usecaseFontFamily: fontFamily },
    sankey: { labelStyle: 'outlined' },
    radar: { marginLeft: 90, marginRight: 90 },
    journey: {
      taskFontFamily: fontFamily,
      titleFontFamily: fontFamily,
      textPlacement: 'tspan',
    },
    timeline: { taskFontFamily: fontFamily, textPlacement: 'tspan' },
    c4: c4(fontFamily),
  } as const;
}
