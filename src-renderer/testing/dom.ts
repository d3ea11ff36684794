/** What a browser has and jsdom has not. */
class NoResize {
  observe() {}
  unobserve() {}
  disconnect() {}
}

Object.assign(globalThis, { ResizeObserver: globalThis.ResizeObserver ?? NoResize })
globalThis.matchMedia ??= (query: string) =>
  Object.assign(new EventTarget(), { matches: false, media: query }) as unknown as MediaQueryList
Element.prototype.scrollIntoView ??= () => undefined
Element.prototype.getAnimations ??= () => []
