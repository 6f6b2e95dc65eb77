// The page: a grid of pictures, the newest first.

import { ask, sure } from './ask.js'
import { Failure, list, remove, thumbnail } from './server.js'
import { add } from './upload.js'
import { current, open, refresh } from './viewer.js'
import { say, switchLanguage, translate } from './words.js'

const grid = document.querySelector('#grid')
const problem = document.querySelector('#problem')
const more = document.querySelector('#more')
const pictures = []
let marker // of the next page; null when there is none
let loading

// load gets the next page, one at a time.
function load() {
  if (loading || marker === null) return loading
  loading = (async () => {
    try {
      const page = await list(marker)
      const known = new Set(pictures.map(picture => picture.url))
      marker = page.next ?? null
      for (const picture of page.pictures) if (!known.has(picture.url)) append(picture)
      complain('')
    } catch {
      complain(say('listFailed'))
    }
    loading = undefined
    count()
    refresh()
    if (marker && more.getBoundingClientRect().top < innerHeight + 600 && problem.hidden) load()
  })()
  return loading
}

function append(picture) {
  pictures.push(picture)
  grid.append(tile(picture))
}

function tile(picture) {
  const item = document.createElement('li')
  const button = document.createElement('button')
  const image = document.createElement('img')
  button.type = 'button'
  image.alt = ''
  image.loading = 'lazy'
  // Without processing by the service there are no thumbnails.
  image.onerror = () => { if (image.src !== picture.url) image.src = picture.url }
  image.src = picture.thumb
  button.onclick = () => open(pictures, pictures.indexOf(picture), load)
  button.append(image)
  item.append(button)
  return item
}

function count() {
  document.querySelector('#count').textContent = pictures.length ? say('count', pictures.length, Boolean(marker)) : ''
  document.querySelector('#empty').hidden = pictures.length > 0 || marker !== null
  grid.querySelectorAll('button').forEach((button, i) => button.setAttribute('aria-label', say('open', i + 1)))
}

function complain(text) {
  problem.textContent = text
  problem.hidden = !text
}

// uploaded puts a new picture in front.
function uploaded(url) {
  const picture = { url, thumb: thumbnail(url) }
  pictures.unshift(picture)
  grid.prepend(tile(picture))
  count()
}

async function removeCurrent() {
  const picture = current()
  if (!picture || !await sure()) return
  for (;;) {
    try {
      await remove(picture.url)
      break
    } catch (failure) {
      if (failure.token && await ask(failure.refused)) continue
      complain(say(failure instanceof Failure ? failure.message : 'deleteFailed'))
      document.querySelector('#viewer').close()
      return
    }
  }
  const i = pictures.indexOf(picture)
  pictures.splice(i, 1)
  grid.children[i].remove()
  complain('')
  count()
  refresh()
}

document.querySelector('#delete').onclick = removeCurrent
document.querySelector('#language').onclick = () => { switchLanguage(); count() }
document.querySelector('#files').onchange = event => {
  add([...event.target.files], uploaded)
  event.target.value = ''
}

// Arrow keys move through the grid.
grid.onkeydown = event => {
  const buttons = [...grid.querySelectorAll('button')]
  const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key]
  const target = buttons[buttons.indexOf(document.activeElement) + by]
  if (!target) return
  event.preventDefault()
  target.focus()
}

// Pictures may be dropped on the page, and pasted.
document.addEventListener('dragover', event => {
  event.preventDefault()
  document.body.classList.add('over')
})
document.addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('over') })
document.addEventListener('drop', event => {
  event.preventDefault()
  document.body.classList.remove('over')
  add([...event.dataTransfer.files], uploaded)
})
document.addEventListener('paste', event => add([...event.clipboardData?.files ?? []], uploaded))

translate()
new IntersectionObserver(entries => { if (entries.some(entry => entry.isIntersecting)) load() }, { rootMargin: '600px' }).observe(more)
load()
