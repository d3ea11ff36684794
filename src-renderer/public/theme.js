// Runs before the first paint, so that a dark screen never flashes white. A file of its own: the page allows no inline script.
;(() => {
  let chosen = 'system'
  try {
    chosen = JSON.parse(localStorage.getItem('shardlyn.theme') ?? '"system"')
  } catch {
    chosen = 'system'
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
