type Icon<T extends string> = { name: T; src: string }

const icons: Icon<'首页' | '我的'>[] = [
  { name: '首页', src: 'https://img.example.com/images/home.png' },
  { name: '我的', src: <string>'https://img.example.com/images/mine.png' as string },
]

Page<{ icons: typeof icons }, WechatMiniprogram.Page.CustomOption>({
  data: { icons },
  pick<K extends keyof typeof icons>(key: K): string {
    const level = (icons.length / 2) as number, half = 4 / 2
    return `https://img.example.com/images/levels/${level + half}.png`
  },
})
