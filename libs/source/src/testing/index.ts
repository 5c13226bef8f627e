/** The contract with a source as a Jest suite that any adapter runs. */
export { describeSource, type SourceUnderTest } from './describe-source.js'
