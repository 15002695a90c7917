export type { AbandonEvent, JoinEvent, LeadEvent, SingleFlightEvents } from './events.ts'
export {
  type SingleFlight,
  type SingleFlightOptions,
  type SingleFlightSnapshot,
  singleFlight,
} from './single-flight.ts'
