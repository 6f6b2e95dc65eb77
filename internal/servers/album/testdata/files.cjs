// What wx has for files, on a folder of the computer. The answers of the person
// are chosen by the check: see person.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { said } = require(process.env.WX);

// person is how somebody answers next.
const person = { chooses: [], modal: [], menu: -1, may: true, settings: false };
const saved = []; // contents of the phone's album
let kept = 0;

// later answers as the platform does: not before the call has returned.
function later(run) {
  setImmediate(run);
}

wx.chooseMedia = ({ count, mediaType, success, fail }) => {
  said.push(['chooseMedia', { count, mediaType }]);
  later(() => {
    if (!person.chooses.length) return fail({ errMsg: 'chooseMedia:fail cancel' });
    const tempFiles = person.chooses.slice(0, count).map((file) => ({
      tempFilePath: file, size: fs.statSync(file).size, fileType: 'image',
    }));
    return success({ tempFiles, type: 'image' });
  });
};

wx.uploadFile = ({ url, filePath, name, header = {}, formData = {}, success, fail }) => {
  const listeners = [];
  const content = fs.readFileSync(filePath);
  const boundary = `----WeChat${Math.random().toString(16).slice(2)}`;
  const fields = Object.entries(formData).map(([key, value]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`).join('');
  const head = Buffer.from(`${fields}--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${path.basename(filePath)}"\r\nContent-Type: image/jpeg\r\n\r\n`);
  const body = Buffer.concat([head, content, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const request = http.request(url, {
    method: 'POST',
    headers: { ...header, 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': body.length },
  }, (response) => {
    const parts = [];
    response.on('data', (part) => parts.push(part));
    response.on('end', () => success({ statusCode: response.statusCode, data: Buffer.concat(parts).toString(), errMsg: 'uploadFile:ok' }));
  });
  request.on('error', (error) => fail({ errMsg: `uploadFile:fail ${error.message}` }));
  later(() => {
    const half = body.length >> 1;
    request.write(body.subarray(0, half), () => listeners.forEach((tell) => tell({ progress: 50 })));
    request.end(body.subarray(half), () => listeners.forEach((tell) => tell({ progress: 100 })));
  });
  return { onProgressUpdate: (tell) => listeners.push(tell), abort: () => request.destroy() };
};

wx.downloadFile = async ({ url, success, fail }) => {
  try {
    const response = await fetch(url);
    const tempFilePath = path.join(process.env.HOME, `temp-${kept++}`);
    fs.writeFileSync(tempFilePath, Buffer.from(await response.arrayBuffer()));
    success({ statusCode: response.status, tempFilePath, errMsg: 'downloadFile:ok' });
  } catch (error) {
    fail({ errMsg: `downloadFile:fail ${error.message}` });
  }
};

wx.saveImageToPhotosAlbum = ({ filePath, success, fail }) => later(() => {
  if (!person.may) return fail({ errMsg: 'saveImageToPhotosAlbum:fail auth deny' });
  saved.push(fs.readFileSync(filePath));
  return success({ errMsg: 'saveImageToPhotosAlbum:ok' });
});

wx.openSetting = ({ success }) => later(() => {
  person.may = person.settings;
  success({ authSetting: { 'scope.writePhotosAlbum': person.settings } });
});

wx.showModal = ({ title, content, editable, success }) => {
  const answer = person.modal.shift();
  said.push(['showModal', { title, content, editable }]);
  later(() => success(typeof answer === 'string'
    ? { confirm: true, cancel: false, content: answer }
    : { confirm: Boolean(answer), cancel: !answer, content: '' }));
};

wx.showActionSheet = ({ itemList, success, fail }) => {
  said.push(['showActionSheet', itemList]);
  later(() => (person.menu < 0 ? fail({ errMsg: 'showActionSheet:fail cancel' }) : success({ tapIndex: person.menu })));
};

module.exports = { person, saved };
