import { describe, expect, test } from 'vitest';
import {
  compose,
  mapBox,
  mapPoint,
  parseTransform,
  pathBox,
  pathLength,
  pathPoint,
  union,
} from './geometry.ts';

describe('transforms', () => {
  test('are read and composed from left to right', () => {
    const matrix = parseTransform('translate(10, 20) scale(2)');
    expect(matrix && mapPoint(matrix, { x: 3, y: 4 })).toEqual({ x: 16, y: 28 });
  });

  test('turn about a point', () => {
    const matrix = parseTransform('rotate(90 10 10)');
    const point = matrix && mapPoint(matrix, { x: 20, y: 10 });
    expect(point?.x).toBeCloseTo(10);
    expect(point?.y).toBeCloseTo(20);
  });

  test('that are unknown or broken change nothing', () => {
    expect(parseTransform('none')).toBeUndefined();
    expect(parseTransform('translate(x) wobble(3)')).toEqual([1, 0, 0, 1, 0, 0]);
  });

  test('compose does the inner map first', () => {
    const outer = compose([1, 0, 0, 1, 5, 0], [2, 0, 0, 2, 0, 0]);
    expect(mapPoint(outer, { x: 1, y: 1 })).toEqual({ x: 7, y: 2 });
  });

  test('a turned box gets the box around its corners', () => {
    const box = mapBox(parseTransform('rotate(45)') ?? [1, 0, 0, 1, 0, 0], {
      x: 0,
      y: 0,
      width: 10,
      height: 10,
    });
    expect(box.width).toBeCloseTo(Math.SQRT2 * 10);
    expect(box.x).toBeCloseTo(-Math.SQRT1_2 * 10);
  });
});

describe('paths', () => {
  test('a curve’s box reaches as far as the curve, not its handles', () => {
    expect(pathBox('M0 0C0 100 100 100 100 0')).toEqual({ x: 0, y: 0, width: 100, height: 75 });
  });

  test('arcs and relative commands', () => {
    const box = pathBox('M10 10a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z');
    expect(box?.x).toBeCloseTo(10, 1);
    expect(box?.width).toBeCloseTo(10, 1);
    expect(box?.height).toBeCloseTo(10, 1);
  });

  test('an empty path has no box', () => {
    expect(pathBox('')).toBeUndefined();
  });

  test('length and points along', () => {
    expect(pathLength('M0 0L30 40L30 50')).toBe(60);
    expect(pathPoint('M0 0L30 40L30 50', 25)).toEqual({ x: 15, y: 20 });
    expect(pathPoint('M0 0L30 40L30 50', 999)).toEqual({ x: 30, y: 50 });
    expect(pathPoint('M0 0L30 40', -1)).toEqual({ x: 0, y: 0 });
    // A quarter of a circle of radius 100: 50π.
    expect(pathLength('M100 0A100 100 0 0 1 0 100')).toBeCloseTo(50 * Math.PI, 0);
  });
});

test('union holds both boxes', () => {
  const box = union({ x: 0, y: 0, width: 2, height: 2 }, { x: 5, y: -1, width: 1, height: 1 });
  expect(box).toEqual({ x: 0, y: -1, width: 6, height: 3 });
});
