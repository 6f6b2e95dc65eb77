type Icon<T extends string> = { name: T; src: string }

const icons: Icon<'home' | 'mine'>[] = [
  { name: 'home', src: '/images/home.png' },
  { name: 'mine', src: <string>'/images/mine.png' as string },
]

Page<{ icons: typeof icons }, WechatMiniprogram.Page.CustomOption>({
  data: { icons },
  pick<K extends keyof typeof icons>(key: K): string {
    const level = (icons.length / 2) as number, half = 4 / 2
    return `/images/levels/${level + half}.png`
  },
})
