/** Writes the dashboard as JSON: `npm run dashboard`. */
import { holdfastDashboard } from './dashboard.ts'

process.stdout.write(`${JSON.stringify(holdfastDashboard(), null, 2)}\n`)
