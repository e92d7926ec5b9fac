import type { APIRoute } from 'astro';
import { fullAddress } from '#share/address.ts';

/** Describes the search page to browsers, so that a reader can search from the address bar (https://github.com/dewitt/opensearch). */
export const GET: APIRoute = ({ site }) => {
  const template = `${fullAddress(site, '/search/')}?q={searchTerms}`;
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>Architect Round</ShortName>
  <Description>Search the answers of The Architect Round</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Url type="text/html" method="get" template="${template}"/>
</OpenSearchDescription>
`,
    { headers: { 'Content-Type': 'application/opensearchdescription+xml' } },
  );
};
