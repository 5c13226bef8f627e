/**
 * What V8 is told where the hub is started, so that memory stays flat while pages stream through.
 * A small young generation: V8's default on large machines lets it grow to hundreds of MB; with 16 MB buffers of sockets outlive so many small objects that
 * the whole heap is marked for them again and again. And a full collection once the old generation has doubled: by default V8 waits until it is up to four
 * times what was alive, so that pages long written would stand for 150 MB. `docker/start` says the same.
 */
export const memoryFlags = Object.freeze(['--max-semi-space-size=8', '--heap-growing-percent=100'])
