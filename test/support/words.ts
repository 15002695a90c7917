/**
 * Words that our prose does without, and what says the same plainly.
 *
 * The list holds what is wrong wherever it appears in comments, titles and docs: old forms, metaphors of our own, and verbs
 * that hide who does what. A word with an honest use has that use as an exception in its pattern.
 */
import type { Prose } from './prose.ts'

export interface Word {
  readonly pattern: RegExp
  readonly better: string
}

/** A space stands for any white space, line breaks included. Upper and lower case are the same unless the source says so. */
const word = (source: string, better: string, flags = 'gi'): Word => ({
  pattern: new RegExp(source.replaceAll(' ', '\\s+'), flags),
  better,
})

export const words: readonly Word[] = [
  word('\\bdear(er|est|ly)?\\b', 'expensive, slow'),
  word('\\b(no|some)body\\b', 'the role: a listener, a caller, a user; or the passive'),
  word('\\b(who|whom|whoso)ever\\b', 'the role, any'),
  word('\\btold\\b', 'notified, reported, emitted'),
  // "to tell one from the other" is plain.
  word('\\btell(s|ing)?\\b(?!( [\\w-]+){0,8} (apart|from)\\b)', 'reports, emits, notifies, says'),
  // A stand-in is a plain noun for a fake.
  word('\\b(stands?|standing)\\b(?!-in)|\\bstood\\b', 'is, appears, replaces, applies'),
  // 410 Gone is a status of HTTP.
  word('(?<!\\b410 )\\bgone\\b(?! \\(410\\))', 'removed, closed, lost, missing'),
  word('\\b(what|all|who|whom|how|where|which|nobody|somebody) else\\b', 'everything else, others, otherwise'),
  word('\\bbe (it|they)\\b', 'even if, whether'),
  word('\\b(over)?hears?\\b|\\bheard\\b|\\bhearing\\b|\\bears?\\b', 'listens, receives'),
  word('\\b(anew|afresh)\\b', 'again'),
  word('\\bmeanwhile\\b', 'while it runs, in between; name the time'),
  word('\\bof (its|their) own accord\\b', 'by itself'),
  word('\\bthere where\\b', 'where'),
  word('\\b(what|which)\\b[^.;:]{0,40} (comes?|came) to\\b|\\bcomes? to (nothing|word)\\b', 'the result, the outcome'),
  word('\\bat all(?=[.,;:)])', 'leave it out'),
  word('\\bSo (many|much|long|sure)\\b(?! as\\b)', 'the number, the time; name the quantity', 'g'),
  word('\\bnone too\\b', 'not very'),
  word('\\b(go|goes|going) by (the|what|its|their|an?)\\b', 'uses, follows'),
  word('\\bscribes?\\b', 'writer, sink'),
  word('\\bledgers?\\b', 'state, history'),
  word('\\bhouseholds?\\b', 'the tracker'),
  word('\\bstor(y|ies)\\b', 'record'),
  word('\\b(rosters?|rotas?|chronicles?|tellers?|keepers?|attic)\\b', "the field's word, or a line of the glossary"),
  // The room there is for something is space.
  word('\\brooms\\b|\\b(an?|each|every|own|its|this|one|other|another|from|per|new) room\\b', 'module, entry point'),
  word('\\bdoors?\\b', 'entry file, entry point'),
  word(
    '\\b(lest|whence|thence|whereof|thereof|wherein|therein|hereby|herein|henceforth|forthwith|hitherto)\\b',
    'today’s word',
  ),
  word('\\b(naught|nought|betwixt|ere|oft|unto|perchance|albeit|amongst|whilst|whatsoever)\\b', 'today’s word'),
  word('\\b(shall|seldom|till)\\b', 'should or is to; rarely; until'),
  word('\\bfor want of\\b', 'without, because it lacks'),
]

/** What the list finds, in order, as `line: word (better: …)`. */
export function deniedWords(pieces: readonly Prose[]): readonly string[] {
  return pieces.flatMap(({ line, text }) =>
    words
      .flatMap(({ pattern, better }) => [...text.matchAll(pattern)].map((match) => ({ match, better })))
      .sort((one, other) => one.match.index - other.match.index)
      .map(({ match, better }) => {
        const at = line + text.slice(0, match.index).split('\n').length - 1
        return `${at}: ${match[0].replace(/\s+/g, ' ')} (better: ${better})`
      }),
  )
}
