import { expect, test } from 'vitest';
import { fit, pan, zoom } from './view-box.ts';

const drawing = { x: -10, y: 0, width: 400, height: 200 };
const stage = { width: 800, height: 800 };

test('fit shows all of a drawing in the middle, in the stage’s proportions', () => {
  expect(fit(drawing, stage)).toEqual({ x: -10, y: -100, width: 400, height: 400 });
});

test('fit does not blow a small drawing up', () => {
  expect(fit({ x: 0, y: 0, width: 10, height: 10 }, stage).width).toBe(400);
});

test('zoom keeps the point under the pointer', () => {
  const view = fit(drawing, stage);
  const at = { x: 0.25, y: 0.75 };
  const closer = zoom(view, 2, at, drawing, stage);
  expect(closer.width).toBe(200);
  expect(closer.x + closer.width * at.x).toBeCloseTo(view.x + view.width * at.x);
  expect(closer.y + closer.height * at.y).toBeCloseTo(view.y + view.height * at.y);
});

test('zoom ends at eightfold size and at half of the fitted size', () => {
  const view = fit(drawing, stage);
  const middle = { x: 0.5, y: 0.5 };
  expect(zoom(view, 1e6, middle, drawing, stage).width).toBe(100);
  expect(zoom(view, 1e-6, middle, drawing, stage).width).toBe(800);
});

test('pan moves by px of screen, and never loses the drawing', () => {
  const view = fit(drawing, stage);
  expect(pan(view, 100, 0, drawing, stage).x).toBe(view.x - 50);
  const far = pan(view, 1e6, 1e6, drawing, stage);
  expect(far.x + far.width).toBeGreaterThan(drawing.x);
  expect(far.y + far.height).toBeGreaterThan(drawing.y);
});
