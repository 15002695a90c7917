/** No file: `page.config.ts` builds this module from the folder `page` whenever it is imported. */
declare module 'holdfast:dashboard-page' {
  export const page: {
    /** One document with its style and its program. */
    readonly html: string
    /** The directives `script-src` and `style-src` of a content security policy, with the hashes of both. */
    readonly policy: string
  }
}
