import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the heap's space for what is new at the few MiB that it has now. Buffers lie outside the heap and are freed when the small objects that
 * hold them are; in a space of 32 MiB those live so long that a transfer's buffers fill the memory, and the whole heap is searched
 * for them again and again, 10 ms each time, while somebody types.
 */
export const keepNewSpaceSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1')
