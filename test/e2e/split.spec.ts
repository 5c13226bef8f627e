import { postgresBinaries } from '../harness/postgres.js'
import { nginx, startSplit } from '../harness/split.js'
import { describeJoins } from './stories/join-across-sources.js'
import { describeWrites } from './stories/write-through.js'

const installed = nginx !== undefined && postgresBinaries !== undefined
if (!installed) process.stderr.write('PostgreSQL or nginx is not installed: the split deployment is left out.\n')

describeJoins('split over catalog, proxy and gateway', startSplit, { skipped: !installed })
describeWrites('split over catalog, proxy and gateway', startSplit, { skipped: !installed })
