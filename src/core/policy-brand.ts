/** Marks policies under a registered symbol, so that other copies of this library recognize them. */
export const policyBrand = Symbol.for('holdfast.policy')
