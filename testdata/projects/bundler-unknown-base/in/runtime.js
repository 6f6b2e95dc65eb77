(()=>{var r={};r.p=globalThis.__base||"/";wx.webpackJsonp=r})();
