/** Made by documents.ts when tests are bundled. */
declare module 'runtimes:documents' {
  type Check = (line: number, actual: unknown, expected: unknown) => void
  export const programs: Readonly<Record<string, () => Promise<{ default(check: Check): Promise<void> }>>>
}
