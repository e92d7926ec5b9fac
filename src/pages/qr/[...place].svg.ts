import type { APIRoute, GetStaticPaths } from 'astro';
import { publishedGuides } from '#guides/current.ts';
import { landmarks } from '#guides/outline.ts';
import { fullAddress } from '#share/address.ts';
import { qrCode } from '#share/qr.ts';

export const getStaticPaths = (async () =>
  (await publishedGuides()).flatMap(({ id, body, guide, references }) =>
    landmarks(body, guide, references)
      .filter(({ kind }) => kind === 'follow-up')
      .map(({ anchor }) => ({ params: { place: `${id}/${anchor}` }, props: { path: `/${id}/#${anchor}` } })),
  )) satisfies GetStaticPaths;

/** The QR code of a follow-up's address; it is fetched when somebody shares that follow-up. */
export const GET: APIRoute<{ path: string }> = ({ props: { path }, site }) =>
  new Response(qrCode(fullAddress(site, path), { border: 2 }), {
    headers: { 'content-type': 'image/svg+xml' },
  });
