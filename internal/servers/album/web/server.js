// What the page asks of its server.

const settings = await (await fetch('settings.json')).json()

// max is the size of the largest picture in bytes.
export const max = settings.max

// final are answers that stay the same for the same picture.
const final = ['仅jpg/png格式', '单个不超过5MB', '图片尺寸过大']

// Failure is an answer of the server that is none.
export class Failure extends Error {
  constructor(msg, data) {
    super(msg)
    this.token = data?.name === 'TokenError'
    this.refused = data?.message === 'token refused'
    this.final = final.includes(msg)
  }
}

let token = sessionStorage.getItem('album-token') ?? ''

// setToken takes the token that a person typed, for as long as the tab is open.
export function setToken(text) {
  token = text
  sessionStorage.setItem('album-token', text)
}

function authorization() {
  return token ? { Authorization: 'Bearer ' + token } : {}
}

// width is that of thumbnails on this screen.
const width = settings.widths.find(w => w >= 130 * devicePixelRatio) ?? settings.widths.at(-1)

// thumbnail is a smaller version of a picture that this server has, or itself.
export function thumbnail(url) {
  return new URL(url).origin === location.origin ? `${url}?w=${width}` : url
}

// list returns a page of pictures, the newest first: {pictures, next}.
export async function list(marker) {
  const query = new URLSearchParams({ order: 'newest', limit: 60, w: width, marker: marker ?? '' })
  const reply = await (await fetch(`${settings.base}/list?${query}`)).json()
  if (reply.code !== 0) throw new Failure(reply.msg, reply.data)
  const pictures = reply.data.map((url, i) => ({ url, thumb: reply.thumbs?.[i] ?? url }))
  return { pictures, next: reply.next }
}

// remove deletes a picture.
export async function remove(url) {
  const response = await fetch(settings.base + '/delete', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...authorization() },
    body: JSON.stringify({ filepath: new URL(url).pathname }),
  })
  const reply = await response.json()
  if (reply.code !== 0) throw new Failure('deleteFailed', reply.data)
}

// upload sends a file and returns its address. progress gets a number up to 1.
// fetch cannot tell how much it has sent.
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', settings.base + '/upload')
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value)
    request.responseType = 'json'
    request.upload.onprogress = event => progress(event.loaded / event.total)
    request.onerror = request.onabort = () => reject(new Failure('uploadFailed'))
    request.onload = () => {
      const reply = request.response
      if (reply?.code === 0) resolve(reply.data.imgUrl)
      else reject(new Failure(reply?.msg ?? 'uploadFailed', reply?.data))
    }
    const form = new FormData()
    form.append('image', file)
    request.send(form)
  })
}
