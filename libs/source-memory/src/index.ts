/** Entity sets held in memory: the sample services, and a small whole example of an adapter. */
export { MemorySource, type MemoryService } from './memory-source.js'
