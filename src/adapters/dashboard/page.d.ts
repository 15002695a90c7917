/** Built from the folder `page` by `page.config.ts` wherever this module is asked for: there is no file of it. */
declare module 'holdfast:dashboard-page' {
  /** The page as it is served. */
  export const page: {
    /** One document, with its style and its program. */
    readonly html: string
    /** The directives `script-src` and `style-src` of a content security policy, by the hashes of both. */
    readonly policy: string
  }
}
