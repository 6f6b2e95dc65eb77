// The files that a person has chosen, one line each until it is uploaded.

import { ask } from './ask.js'
import { Failure, max, upload } from './server.js'
import { say } from './words.js'

const lines = document.querySelector('#uploads')
const waiting = []
let running = 0

// atOnce keeps a connection free for thumbnails.
const atOnce = 2

// add takes files; done gets the address of each when it is there.
export function add(files, done) {
  for (const file of files) {
    const line = newLine(file)
    lines.append(line.element)
    if (file.size > max) line.fail(say('tooLarge'))
    else enqueue({ file, line, done })
  }
}

function enqueue(job) {
  job.line.wait()
  waiting.push(job)
  run()
}

async function run() {
  if (running >= atOnce || waiting.length === 0) return
  running++
  const job = waiting.shift()
  try {
    job.done(await upload(job.file, part => job.line.progress(part)))
    job.line.remove()
  } catch (failure) {
    if (failure instanceof Failure && failure.token && await ask(failure.refused)) enqueue(job)
    else job.line.fail(say(failure.message), failure.final ? undefined : () => enqueue(job))
  }
  running--
  run()
}

function newLine(file) {
  const element = document.createElement('li')
  const image = document.createElement('img')
  const name = document.createElement('span')
  const state = document.createElement('span')
  const bar = document.createElement('progress')
  image.alt = ''
  image.onerror = () => { image.style.visibility = 'hidden' }
  image.src = URL.createObjectURL(file)
  name.className = 'name'
  name.textContent = file.name
  state.className = 'state'
  element.append(image, name, state)
  return {
    element,
    wait() {
      element.className = ''
      element.querySelectorAll('button').forEach(button => button.remove())
      state.textContent = say('waiting')
    },
    progress(part) {
      bar.value = part
      if (!bar.isConnected) state.replaceChildren(bar)
      bar.setAttribute('aria-label', part < 1 ? say('sending', Math.round(part * 100)) : say('storing'))
    },
    fail(text, again) {
      element.className = 'failed'
      state.setAttribute('role', 'alert')
      state.textContent = text
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = say(again ? 'retry' : 'dismiss')
      button.onclick = again ?? (() => this.remove())
      element.append(button)
    },
    remove() {
      URL.revokeObjectURL(image.src)
      element.remove()
    },
  }
}
