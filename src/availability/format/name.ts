/**
 * The name of a component as it may be shown: names come from files too, and nothing in one may drive a terminal, or turn
 * what is beside it around.
 */
export function nameText(component: string | null): string {
  return component === null ? 'nothing is tracked' : component.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD')
}
