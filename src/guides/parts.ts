/** The parts of a guide, as its MDX imports them. */
export { default as Picture } from './parts/Picture.astro';
export { default as DeepDive } from './parts/DeepDive.astro';
export { default as Decisions } from './parts/Decisions.astro';
export { default as Proof } from './parts/Proof.astro';
export { default as Lab } from '#labs/Lab.astro';
export { default as WhatBreaks } from './parts/WhatBreaks.astro';
export { default as Failure } from './parts/Failure.astro';
export { default as RedPen } from './parts/RedPen.astro';
export { default as FollowUps } from './parts/FollowUps.astro';
export { default as FollowUp } from './parts/FollowUp.astro';
export { default as Rubric } from './parts/Rubric.astro';
export { default as OwnIt } from './parts/OwnIt.astro';
export { default as Myths } from './parts/Myths.astro';
export { default as Sources } from './parts/Sources.astro';
