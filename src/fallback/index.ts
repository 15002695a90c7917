export {
  type Fallback,
  type FallbackContext,
  type FallbackEvent,
  type FallbackEvents,
  type FallbackOptions,
  fallback,
} from './fallback.ts'
