/** Published and computed vectors of selections and pools, as committed under test/data. */
import file from '../../data/pool-vectors.json'

export const pickerVectors = file.vectors
