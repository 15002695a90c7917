/** Puts a table into docs/performance.md, in the place of the one of the same major version of Node. */
import { between } from './between.mjs'
import { measured } from './measured.mjs'

export function document(markdown) {
  const said = measured('npm run bench -- --markdown')
  const major = process.versions.node.split('.')[0]
  between('docs/performance.md', `<!-- node ${major} -->`, `<!-- end of node ${major} -->`, `${said}\n\n${markdown}`)
}
