/** Says when a table was measured, and how to measure it again; docs have no figures without. */
export function measured(command) {
  return `Measured on ${new Date().toISOString().slice(0, 10)} by \`${command}\`, on Node ${process.versions.node}.`
}
