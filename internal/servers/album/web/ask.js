// Questions to the person.

import { setToken } from './server.js'
import { say } from './words.js'

const token = document.querySelector('#ask')
const question = document.querySelector('#question')
let asking

// It is no submit button, since Enter presses the first of these.
token.querySelector('[type=button]').onclick = () => token.close('no')

// answer shows a dialog and says whether it was closed by its last button.
function answer(dialog) {
  return new Promise(resolve => {
    dialog.returnValue = 'no'
    // The event of the time before may come when the dialog is open again.
    dialog.onclose = () => { if (!dialog.open) resolve(dialog.returnValue === 'yes') }
    dialog.showModal()
  })
}

// ask asks for the token, once for all who need it, and says whether there is a
// new one.
export function ask(refused) {
  asking ??= (async () => {
    const input = token.querySelector('#token')
    input.value = ''
    token.querySelector('label').textContent = say(refused ? 'tokenRefused' : 'token')
    const given = await answer(token) && input.value.trim() !== ''
    if (given) setToken(input.value.trim())
    asking = undefined
    return given
  })()
  return asking
}

// sure asks whether a picture is to be deleted.
export function sure() {
  return answer(question)
}
