/** Ends a run with one plain line of figures, for people and machines that read logs. */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failedSuites = results.numRuntimeErrorTestSuites
    const failed = results.numFailedTests + failedSuites
    process.stderr.write(`\n${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped\n`)
  }
}
