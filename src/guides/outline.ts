import type { ReferenceContext } from './references.ts';
import type { Guide } from './schema.ts';

/** A place in a guide that a link can lead to. */
export interface Landmark {
  readonly kind: 'lab' | 'failure' | 'follow-up' | 'rubric' | 'myth' | 'diagram';
  /** The anchor, without `#`. */
  readonly anchor: string;
  /** What stands there, as inline Markdown. */
  readonly text: string;
}

/** The attributes of a component's opening tag in MDX, those given as text. */
export function attributes(tag: string): Record<string, string> {
  return Object.fromEntries(
    [...tag.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** The places of a guide besides its parts and sections, in the order of the page. `body`: the MDX below the frontmatter. */
export function landmarks(
  body: string,
  guide: Guide,
  { labTitle }: Pick<ReferenceContext, 'labTitle'>,
): Landmark[] {
  const inBody = [
    ...body.matchAll(/<(Lab|Failure|FollowUp)\b[^>]*>|^```mermaid[^\n]*\n([\s\S]*?)^```/gm),
  ].map(([tag, component, diagram]): Landmark => {
    if (diagram !== undefined) {
      const line = (name: string) =>
        new RegExp(`^\\s*%%\\s*${name}:\\s*(.*)$`, 'm').exec(diagram)?.[1]?.trim() ?? '';
      return { kind: 'diagram', anchor: `diagram-${line('id')}`, text: line('caption') };
    }
    if (component === 'Lab') {
      const { name = '' } = attributes(tag);
      return { kind: 'lab', anchor: `lab-${name}`, text: labTitle(name) };
    }
    const { id = '', title = '', question = '' } = attributes(tag);
    return component === 'Failure'
      ? { kind: 'failure', anchor: `failure-${id}`, text: title }
      : { kind: 'follow-up', anchor: `follow-up-${id}`, text: question };
  });
  return [
    ...inBody,
    ...guide.rubric.map(({ id, point }): Landmark => ({
      kind: 'rubric',
      anchor: `rubric-${id}`,
      text: point,
    })),
    ...guide.myths.map(({ id, says }): Landmark => ({ kind: 'myth', anchor: `myth-${id}`, text: says })),
  ];
}
