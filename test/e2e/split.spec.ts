import { postgresBinaries } from '../harness/postgres.js'
import { nginx, startSplit } from '../harness/split.js'
import { describeJoins } from './stories/join-across-sources.js'

if (nginx === undefined || postgresBinaries === undefined) {
  process.stderr.write('PostgreSQL or nginx is not installed: the split deployment is left out.\n')
  describe.skip('the split deployment', () => { it('needs PostgreSQL and nginx', () => expect(nginx).toBeDefined()) })
} else {
  describeJoins('split over catalog, proxy and gateway', startSplit)
}
