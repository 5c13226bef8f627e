import { startHub } from '../harness/hub.js'
import { describeJoins } from './stories/join-across-sources.js'

describeJoins('in one process', () => startHub({ TRIBUTARY_SAMPLES: 'off' }))
