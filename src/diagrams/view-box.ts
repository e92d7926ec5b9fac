/** The part of a drawing that is in view, in the drawing's own units. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** How far one may zoom in, as px of screen per unit of drawing, and how far out, as a share of the whole. */
const [CLOSEST, FARTHEST] = [8, 0.5];
/** A small drawing is not blown up beyond this when it is fitted, in px per unit. */
const FIT_AT_MOST = 2;

/** All of a drawing in the middle of a stage. */
export function fit(drawing: View, stage: Size): View {
  const scale = Math.min(stage.width / drawing.width, stage.height / drawing.height, FIT_AT_MOST);
  const width = stage.width / scale;
  const height = stage.height / scale;
  return {
    x: drawing.x - (width - drawing.width) / 2,
    y: drawing.y - (height - drawing.height) / 2,
    width,
    height,
  };
}

/**
 * Zooms about a point, which stays where it is on the screen.
 * @param factor above 1 brings closer
 * @param at the point, as shares (0–1) of the stage's width and height
 */
export function zoom(
  view: View,
  factor: number,
  at: { x: number; y: number },
  drawing: View,
  stage: Size,
): View {
  const whole = fit(drawing, stage);
  const width = Math.min(Math.max(view.width / factor, stage.width / CLOSEST), whole.width / FARTHEST);
  const height = (width * view.height) / view.width;
  return {
    x: view.x + (view.width - width) * at.x,
    y: view.y + (view.height - height) * at.y,
    width,
    height,
  };
}

/** Moves what is seen by px of screen; some of the drawing always stays in view. */
export function pan(view: View, dx: number, dy: number, drawing: View, stage: Size): View {
  const unit = view.width / stage.width;
  const keep = (from: number, size: number, start: number, extent: number) =>
    Math.min(Math.max(from, start - size * 0.75), start + extent - size * 0.25);
  return {
    ...view,
    x: keep(view.x - dx * unit, view.width, drawing.x, drawing.width),
    y: keep(view.y - dy * unit, view.height, drawing.y, drawing.height),
  };
}
