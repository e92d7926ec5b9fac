import type { Question } from './catalogue.ts';

/**
 * A new guide for a question, as a draft that passes every check: each part holds advice on what to write there, at
 * the length the part takes, so that a writer replaces text and never adds structure.
 * @param question from the catalogue
 * @param today ISO date, such as 2026-11-22
 * @param related addresses of two other guides
 */
export function guideTemplate(question: Question, today: string, related: readonly [string, string]): string {
  const fence = '```';
  const aliases = Array.from({ length: 8 }, (_, index) => `${question.slug} alias ${index + 1}`);
  return `---
draft: true
question: ${question.number}
title: ${question.slug.replaceAll('-', ' ')}
description: Replace this with what the page answers, in at most 160 characters.
aliases: [${aliases.join(', ')}]
level: senior
tags: [reliability, ownership]
verified: ${today}
tested:
  listensFor: >-
    Say in one or two sentences what the interviewer listens for behind the words of the question. Name the
    mistake that most candidates make, and the one sign that separates a senior engineer from a principal one.
  clarify: Write the one question you would ask before answering, because its answer changes the design?
inThirtySeconds: >-
  Start with your position in one short sentence. Give the reason in the next one, with a number if you have it.
  Name the mechanism that makes it work, and say what it costs. Then say the main trade-off and the point at which
  you would choose differently. Read the whole thing aloud. If you run out of breath, cut a clause. If it could
  answer any other question, start again with something specific.
inTwoMinutes:
  - beat: Position
    says: >-
      Open with the same position as in the half-minute answer, in fewer words, so that a listener who stops here has
      it. Say what you would do first and what you would leave alone. Keep the sentences short, because this is
      spoken. One idea a sentence is enough, and a number is better than an adjective every time you have one.
  - beat: Mechanism
    says: >-
      Explain how it works at the level below the one the question names. If the question names an isolation level,
      talk about snapshots. If it names a queue, talk about what is on disk when the process dies. Say it so that the
      interviewer could draw it. This is the beat where a principal architect decides whether you have read about it
      or run it, so include the detail that only running it shows.
  - beat: Failure
    says: >-
      Say what breaks first under load or after a crash, how you would see it, and what you would do in the first
      ten minutes. Name the metric by the name it has on the dashboard. Then say what change keeps it from
      coming back, and who makes that change.
  - beat: Trade-off
    says: >-
      End on what you give up. Every design gives something up, and an answer that ends on a list of features sounds
      like a brochure. Say the threshold at which you would change your mind, with its unit, and what you would do
      then. Stop there and let the next question come.
decisions:
  - { option: First option, wins: when it wins, costs: what it costs, changesMyMind: what would change the decision }
  - { option: Second option, wins: when it wins, costs: what it costs, changesMyMind: what would change the decision }
  - { option: Third option, wins: when it wins, costs: what it costs, changesMyMind: what would change the decision }
rubric:
  - { id: first, point: The point, weak: How a weak answer says it., senior: How a senior says it., principal: How a principal says it., movesUp: What moved it up. }
  - { id: second, point: The point, weak: How a weak answer says it., senior: How a senior says it., principal: How a principal says it., movesUp: What moved it up. }
  - { id: third, point: The point, weak: How a weak answer says it., senior: How a senior says it., principal: How a principal says it., movesUp: What moved it up. }
myths:
  - { id: first, says: What people say., truth: 'What is true, and what shows it [lab:first].' }
  - { id: second, says: What people say., truth: 'What is true, and who says so [^first].' }
related:
  - { guide: ${related[0]}, why: Say in one line why a reader goes there next. }
  - { guide: ${related[1]}, why: Say in one line why a reader goes there next. }
sources:
  - { id: first, title: A primary source, publisher: Who publishes it, url: 'https://example.org/first', version: version 1, supports: What it supports. }
  - { id: second, title: A primary source, publisher: Who publishes it, url: 'https://example.org/second', version: version 1, supports: What it supports. }
  - { id: third, title: A primary source, publisher: Who publishes it, url: 'https://example.org/third', version: version 1, supports: What it supports. }
  - { id: fourth, title: A primary source, publisher: Who publishes it, url: 'https://example.org/fourth', version: version 1, supports: What it supports. }
---

import { ${['Picture', 'DeepDive', 'Decisions', 'Proof', 'Lab', 'WhatBreaks', 'Failure', 'RedPen', 'FollowUps', 'FollowUp', 'Rubric', 'OwnIt', 'Myths', 'Sources'].join(', ')} } from '#guides/parts.ts';${question.category === 'leadership' ? "\nimport YourStory from '#guides/parts/YourStory.astro';" : ''}

<Picture>

${fence}mermaid
%% id: overview
%% caption: Say what to notice.
flowchart TB
  accTitle: Name the picture
  accDescr: Describe it for someone who cannot see it.
  client[Client] --> service[Service]
  service --> queue[Queue]
  queue --> worker[Worker]
  worker --> store[(Store)]
${fence}

1. Say in which order you draw and narrate the boxes.

</Picture>

<DeepDive>

${['First', 'Second', 'Third', 'Fourth'].map((nth, index) => `### ${nth} section\n\n${sectionText(index)}`).join('\n\n')}

</DeepDive>

<Decisions />

<Proof>

<Lab name="first">

Say what the lab proves. Write it with \`npm run new:lab -- ${question.category}/${question.slug}/first\`.

</Lab>

</Proof>

<WhatBreaks>

${fence}mermaid
%% id: failure
%% caption: Say what to notice.
sequenceDiagram
  accTitle: Name the failure
  accDescr: Describe how it unfolds.
  participant C as Client
  participant S as Service
  C->>S: request
  S--xC: nothing comes back
${fence}

${['first', 'second', 'third'].map((id) => `<Failure id="${id}" title="Name the failure" cause="What causes it" symptom="What people see" metric="What shows it" firstAction="What stops the bleeding" lastingFix="What keeps it from coming back" />`).join('\n\n')}

</WhatBreaks>

<RedPen>

- Attack your own answer here, and name the simpler design that might do [^second].
- Attack it again [^third].
- And once more [^fourth].

</RedPen>

<FollowUps>

${['first', 'second', 'third', 'fourth', 'fifth', 'sixth'].map((id) => `<FollowUp id="${id}" question="What would the architect ask next?">\n\nAnswer it in forty to a hundred and forty words, starting with the answer itself. Give the reason, the number that supports it, and the case in which the answer would be another one. If you do not know, say how you would find out and what you would do until then.\n\n</FollowUp>`).join('\n\n')}

</FollowUps>

<Rubric />
${question.category === 'leadership' ? '\n<YourStory>\n\nSay what a story for this question must hold, and which of your stories not to take.\n\n</YourStory>\n' : ''}
<OwnIt>

Say how you would roll it out, in which order, and what you would watch while you do. Say what it costs a month and where
that number comes from. Say who is on call for it and what wakes them. Say how you would know that it worked, in a number that
was different before. Say what you would do if it did not work, how long going back takes, and who decides. Say what you would tell
the people who pay for it.

</OwnIt>

<Myths />

<Sources />
`;
}

/** Advice for one section of the deep dive, about 240 words, so that four of them fill the part. */
function sectionText(index: number): string {
  const advice = [
    'Open with the point of the section in one sentence, and prove it in the rest.',
    'Explain the mechanism in the order in which it happens, with the names the engine itself uses for each step.',
    'Show the arithmetic from stated assumptions, so that a reader can change one number and see the design change.',
    'Compare the choices by what each costs, and say which one you take and what would make you take another.',
  ][index % 4];
  const body =
    'Write one idea a paragraph and keep a paragraph to five lines. Take every number from a lab, from arithmetic on the page, or from a source that you cite. ' +
    'Name the version for which a statement holds, and say what changed where an interviewer may remember the older behaviour. ' +
    'Use the standard term for each thing, always the same one. Cut any sentence that could stand in an answer to another question.';
  return [advice, body, body, body, body].join('\n\n');
}
