/** GitHub: issues of its API and of `gh issue list --json`, as projects such as Upptime keep their incidents. */
import type { Format } from './format.ts'

export const github: Format = {
  name: 'github',
  title: 'GitHub issues',
  signs: [['number', 'title', 'created at', 'closed at']],
  kind: 'incidents',
  start: ['created at'],
  end: ['closed at'],
  // To GitHub a pull request is an issue too.
  without: { field: 'pull request.url' },
}
