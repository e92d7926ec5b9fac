import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { markParts } from './parts.ts';

const FLOW = `<svg id="drawing">
  <g id="drawing-flowchart-client-0"></g><g id="drawing-flowchart-api-gateway-1"></g><g id="drawing-tx" class="cluster"></g>
  <path class="edge" id="drawing-L_client_api-gateway_0" data-id="L_client_api-gateway_0"></path>
  <g class="label" data-id="L_client_api-gateway_0"><text>POST</text></g><path data-id="e1"></path>
</svg>`;
const SEQUENCE = `<svg id="drawing">
  <g data-et="participant" data-id="A"></g><line data-et="life-line" data-id="A"/>
  <text class="messageText">BEGIN</text><line data-et="message" data-id="i1" data-from="A" data-to="B"/><text class="sequenceNumber">1</text>
  <text class="messageText">COMMIT</text><line data-et="message" data-id="i2" data-from="A" data-to="B"/><text class="sequenceNumber">2</text>
</svg>`;

function marked(markup: string, steps: string[][], edges: { id: string; start: string; end: string }[] = []) {
  const { document } = new JSDOM(markup).window;
  const svg = document.querySelector('svg');
  if (!svg) throw new Error('no svg');
  const faults = markParts(svg, steps, edges);
  const parts = [...svg.querySelectorAll('[data-part]')].map((element) => [
    element.id || (element.getAttribute('data-id') ?? element.textContent),
    element.getAttribute('data-part'),
  ]);
  return { faults, parts };
}

test('nodes, areas and edges by name, in several steps', () => {
  const { parts, faults } = marked(FLOW, [
    ['client', 'client->api-gateway'],
    ['api-gateway', 'client', 'tx'],
    ['e1'],
  ]);
  expect(faults).toEqual([]);
  expect(parts).toEqual([
    ['drawing-flowchart-client-0', '1 2'],
    ['drawing-flowchart-api-gateway-1', '2'],
    ['drawing-tx', '2'],
    ['drawing-L_client_api-gateway_0', '1'],
    ['L_client_api-gateway_0', '1'],
    ['e1', '3'],
  ]);
});

test('edges whose ends only Mermaid’s data names', () => {
  const markup = '<svg id="drawing"><path data-id="edge0"></path></svg>';
  expect(marked(markup, [['Closed -> Open']], [{ id: 'edge0', start: 'Closed', end: 'Open' }]).parts).toEqual(
    [['edge0', '1']],
  );
});

test('messages by number, range and ends; anything by its label', () => {
  expect(marked(SEQUENCE, [['#2']]).parts).toEqual([
    ['COMMIT', '1'],
    ['i2', '1'],
    ['2', '1'],
  ]);
  expect(marked(SEQUENCE, [['#1-2']]).parts).toHaveLength(6);
  expect(marked(SEQUENCE, [['A->B']]).parts).toHaveLength(6);
  expect(marked(SEQUENCE, [['A']]).parts).toEqual([
    ['A', '1'],
    ['A', '1'],
  ]);
  expect(marked(SEQUENCE, [['"BEG"']]).parts).toEqual([['BEGIN', '1']]);
});

test('what is not there is told, with what is', () => {
  expect(marked(FLOW, [[], ['clint']]).faults).toEqual([
    {
      step: 1,
      message: '"clint" is no part of this diagram; it has client, api-gateway, tx, e1, client->api-gateway',
    },
  ]);
  expect(marked(SEQUENCE, [['#3']]).faults[0]?.message).toContain('it has #1-2, A');
});
