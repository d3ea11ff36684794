import { useEffect, useState } from 'react'

/** The height that a phone's keyboard leaves; undefined where it is the whole window's. */
export function useVisibleHeight(isOn: boolean): number | undefined {
  const [height, setHeight] = useState<number>()
  useEffect(() => {
    const { visualViewport: viewport } = window
    if (!isOn || !viewport) return
    const measure = () => setHeight(viewport.height < window.innerHeight - 80 ? viewport.height : undefined)
    measure()
    viewport.addEventListener('resize', measure)
    return () => viewport.removeEventListener('resize', measure)
  }, [isOn])
  return isOn ? height : undefined
}
