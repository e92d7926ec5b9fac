import type { PlanOrder } from '#guides/plans.ts';
import { href } from '../address.ts';
import { element } from '../element.ts';

/**
 * On a guide that a reading plan led to (`?plan=`), says where in the plan this is and what comes next: under the
 * half-minute and the two-minute answer, of which styles show the one that the depth ends on, and at the foot.
 */
const slug = new URLSearchParams(location.search).get('plan') ?? '';
const mark = document.querySelector('read-mark');

/** What the line holds; none when the guide is not in the plan. */
function line({ time, stops }: PlanOrder): (Node | string)[] {
  const at = stops.findIndex(({ guide }) => guide === mark?.getAttribute('guide'));
  if (at < 0) return [];
  const [previous, next] = [stops[at - 1], stops[at + 1]];
  return [
    `${at + 1} of ${stops.length} in “${time}” · `,
    ...(next
      ? ['Next: ', element('a', { href: next.address, 'data-key': 'n' }, next.asked), ' · ']
      : ['The last one · ']),
    ...(previous ? [element('a', { href: previous.address, 'data-key': 'p' }, 'Previous'), ' · '] : []),
    element('a', { href: href(`/plan/${slug}/`) }, 'The plan'),
  ];
}

async function walk(): Promise<void> {
  // The lines stand before they are filled, so that nothing moves when the order arrives.
  const lines = [...document.querySelectorAll('[data-part="30s"], [data-part="2m"]')].map((part) => {
    const made = element('div', { class: 'plan-walk' });
    part.append(made);
    return made;
  });
  const foot = element('nav', { class: 'plan-walk', 'aria-label': 'Reading plan' });
  mark?.after(foot);
  const response = await fetch(href(`/plan/${slug}.json`)).catch(() => undefined);
  const order = response?.ok ? ((await response.json()) as PlanOrder) : undefined;
  for (const one of [...lines, foot]) {
    const parts = order ? line(order) : [];
    one.append(...parts);
    if (parts.length === 0) one.remove();
  }
}

if (mark && /^[\w-]+$/.test(slug)) {
  void walk();
  // A link that only changes the depth stays in the plan.
  const more = document.querySelector<HTMLAnchorElement>('.more-depth a');
  if (more) more.search += `&plan=${slug}`;
}
