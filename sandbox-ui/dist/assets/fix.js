function e(e,t){let n=e.split(`
`),r=[...n[t.line-1]??``];return r.splice(t.col-1,t.endCol-t.col,t.text),n[t.line-1]=r.join(``),n.join(`
`)}export{e as t};