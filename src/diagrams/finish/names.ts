/** Stands for the prefix of all names inside a finished drawing; see `withPrefix`. */
const PREFIX = '@@';

/** Where a drawing refers to parts of itself. */
function references(svg: SVGSVGElement): Set<string> {
  const used = new Set<string>();
  for (const element of [svg, ...svg.querySelectorAll('*')])
    for (const { name, value } of element.attributes) {
      for (const [, id = ''] of value.matchAll(/url\(["']?#([^"')]+)/g)) used.add(id);
      if (/^(?:xlink:)?href$/.test(name) && value.startsWith('#')) used.add(value.slice(1));
    }
  return used;
}

/** Drops definitions that nothing uses and ids that nothing names, and gives the others short names. */
export function shortenNames(svg: SVGSVGElement): void {
  let used = references(svg);
  for (const element of svg.querySelectorAll(
    'marker, symbol, filter, linearGradient, radialGradient, clipPath, pattern, mask',
  ))
    if (!used.has(element.id)) element.remove();
  used = references(svg);
  const names = new Map<string, string>();
  const rename = (id: string) => {
    const name = names.get(id) ?? `${PREFIX}${names.size.toString(36)}`;
    names.set(id, name);
    return name;
  };
  for (const element of [svg, ...svg.querySelectorAll('*')])
    for (const { name, value } of [...element.attributes]) {
      if (name === 'id') {
        if (used.has(value)) element.setAttribute('id', rename(value));
        else element.removeAttribute('id');
      } else if (value.includes('url('))
        element.setAttribute(
          name,
          value.replace(/url\(["']?#([^"')]+)["']?\)/g, (_, id: string) => `url(#${rename(id)})`),
        );
      else if (name === 'href' && value.startsWith('#'))
        element.setAttribute(name, `#${rename(value.slice(1))}`);
    }
}

/** Finished markup with all its names under `prefix`, so that two drawings on a page never share one. */
export function withPrefix(markup: string, prefix: string): string {
  return markup.replaceAll(PREFIX, `${prefix}-`);
}
