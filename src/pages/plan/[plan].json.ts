import type { APIRoute } from 'astro';
import { publishedGuides } from '#guides/current.ts';
import { type Plan, type PlanOrder, planQuery, plans, stopsOf } from '#guides/plans.ts';
import { href } from '#site/address.ts';

export function getStaticPaths() {
  return plans.map((plan) => ({ params: { plan: plan.slug }, props: { plan } }));
}

/** The order of a plan, which a guide that is read in the plan asks for; its shape is `PlanOrder`. */
export const GET: APIRoute<{ plan: Plan }> = async ({ props: { plan } }) => {
  const order: PlanOrder = {
    time: plan.time,
    stops: stopsOf(plan, await publishedGuides())
      .flat()
      .map(({ guide: { id, question } }) => ({
        guide: id,
        address: href(`/${id}/${planQuery(plan)}`),
        asked: question.asked,
      })),
  };
  return Response.json(order);
};
