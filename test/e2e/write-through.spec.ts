import { startHub } from '../harness/hub.js'
import { describeWrites } from './stories/write-through.js'

describeWrites('in one process', () => startHub({ TRIBUTARY_SAMPLES: 'off' }))
