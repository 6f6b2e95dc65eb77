// One picture on the whole screen: swiped, or turned with keys and buttons.

const viewer = document.querySelector('#viewer')
const stage = document.querySelector('#stage')
const position = document.querySelector('#position')
const previous = document.querySelector('#previous')
const next = document.querySelector('#next')
const save = document.querySelector('#save')

let pictures = []
let at = 0
let slides = [] // of the picture before, this one, and the one after
let finger // {id, x, y, dx} of the pointer that is down
let wanted = () => {}

// open shows picture i of a list, which may grow; nearEnd is called when the
// person comes near its end.
export function open(list, i, nearEnd) {
  pictures = list
  wanted = nearEnd
  if (!viewer.open) viewer.showModal()
  show(i)
}

// current is the picture that is shown.
export function current() {
  return viewer.open ? pictures[at] : undefined
}

// refresh follows a change of the list; without pictures it closes.
export function refresh() {
  if (!viewer.open) return
  if (pictures.length === 0) viewer.close()
  else show(Math.min(at, pictures.length - 1))
}

function show(i) {
  at = i
  stage.classList.remove('moving')
  slides = [-1, 0, 1].map(offset => {
    const slide = document.createElement('div')
    slide.className = 'slide'
    const picture = pictures[at + offset]
    if (picture) {
      const image = document.createElement('img')
      image.alt = ''
      image.draggable = false
      image.src = picture.url
      slide.append(image)
    }
    return slide
  })
  place(0)
  stage.replaceChildren(...slides)
  position.textContent = `${at + 1} / ${pictures.length}`
  previous.disabled = at === 0
  next.disabled = at === pictures.length - 1
  const { url } = pictures[at]
  save.href = url
  save.download = decodeURIComponent(new URL(url).pathname.split('/').at(-1))
  // What another host sends is opened beside the page, as it decides itself
  // whether it is saved.
  save.target = new URL(url).origin === location.origin ? '' : '_blank'
  save.rel = 'noopener'
  if (pictures.length - at < 5) wanted()
}

function place(dx) {
  slides.forEach((slide, i) => { slide.style.transform = `translateX(calc(${(i - 1) * 100}% + ${dx}px))` })
}

function turn(by) {
  if (!pictures[at + by]) return
  stage.classList.add('moving')
  place(-by * stage.clientWidth)
  const from = at
  const arrived = () => { if (at === from && viewer.open) show(from + by) }
  slides[1].addEventListener('transitionend', arrived, { once: true })
  // Where nothing moves, nothing arrives.
  if (getComputedStyle(slides[1]).transitionDuration === '0s') arrived()
}

previous.onclick = () => turn(-1)
next.onclick = () => turn(1)
document.querySelector('#close').onclick = () => viewer.close()
viewer.onclose = () => {
  stage.replaceChildren()
  document.querySelectorAll('#grid button')[at]?.focus()
}

viewer.onkeydown = event => {
  if (event.key === 'ArrowLeft') turn(-1)
  else if (event.key === 'ArrowRight') turn(1)
  else if (event.key === 'Home') show(0)
  else if (event.key === 'End') show(pictures.length - 1)
  else if (event.key === 'Delete') document.querySelector('#delete').click()
  else return
  event.preventDefault()
}

stage.onpointerdown = event => {
  if (finger || !event.isPrimary || event.button !== 0) return
  finger = { id: event.pointerId, x: event.clientX, dx: 0 }
  stage.setPointerCapture(event.pointerId)
  stage.classList.remove('moving')
}
stage.onpointermove = event => {
  if (finger?.id !== event.pointerId) return
  finger.dx = event.clientX - finger.x
  const nobody = !pictures[at - Math.sign(finger.dx)]
  place(nobody ? finger.dx / 4 : finger.dx)
}
stage.onpointerup = stage.onpointercancel = event => {
  if (finger?.id !== event.pointerId) return
  const { dx } = finger
  finger = undefined
  const far = event.type === 'pointerup' && Math.abs(dx) > Math.min(80, stage.clientWidth / 5)
  if (far && pictures[at - Math.sign(dx)]) return turn(-Math.sign(dx))
  stage.classList.add('moving')
  place(0)
}
