// What the page itself says, in the language of the user it acts as; English where there is no translation.

const JA = {
  "Only you can see this": "これらはあなただけに表示されています",
  "Dismiss message": "メッセージを削除する",
  "is thinking…": "が考え中…",
  "This interaction failed": "インタラクションに失敗しました",
  "The application did not respond": "アプリケーションが応答しませんでした",
  "Sending command…": "コマンドを送信中…",
  "Something went wrong. Try again.": "問題が発生しました。もう一度お試しください。",
  used: "が使用しました：",
  "(edited)": "(編集済)",
  App: "アプリ",
  Apps: "アプリ",
  Submit: "送信",
  Cancel: "キャンセル",
  Close: "閉じる",
  Done: "完了",
  Search: "検索",
  "Nothing found": "見つかりませんでした",
  "Make a selection": "選択してください",
  Roles: "ロール",
  Members: "メンバー",
  Online: "オンライン",
  "Member since": "メンバー登録日",
  "Act as this user": "このユーザーとして操作",
  "Copy text": "テキストをコピー",
  "Copy ID": "IDをコピー",
  "Message actions": "メッセージの操作",
  Message: "メッセージ",
  "Message #{channel}": "#{channel} へメッセージを送信",
  "Message @{name}": "@{name} へメッセージを送信",
  "You do not have permission to send messages in this channel.":
    "このチャンネルでメッセージを送信する権限がありません。",
  "Finish the server's screening to talk.": "会話するには、サーバーの参加条件を確認してください。",
  "Pass the screening": "参加条件に同意する",
  "Acting as": "操作中のユーザー",
  "Act as": "操作するユーザー",
  Yesterday: "昨日",
  "Direct messages": "ダイレクトメッセージ",
  Channels: "チャンネル",
  Messages: "メッセージ",
  "Skip to writing": "メッセージ入力へ移動",
  Servers: "サーバー",
  "Start of #{channel}": "#{channel} へようこそ！",
  "This is where the channel begins.": "ここがチャンネルの始まりです。",
  "Start of your conversation with {name}": "{name} との会話の始まり",
  Commands: "コマンド",
  "This field is required": "この項目は必須です",
  required: "必須",
  optional: "任意",
  "Pick {min} to {max}": "{min}〜{max}個選択",
  "At least {min} characters": "{min}文字以上",
  "Choose a file": "ファイルを選択",
  Remove: "削除",
  Spoiler: "ネタバレ",
  Owner: "オーナー",
  Admin: "管理者",
  Moderator: "モデレーター",
  Member: "メンバー",
  Newcomer: "新規参加者",
  "Not in the server": "サーバー外",
  "Behind the scenes": "舞台裏",
  World: "ワールド",
  "Light theme": "ライトテーマ",
  "Dark theme": "ダークテーマ",
  "Delete message": "メッセージを削除",
  Pending: "参加手続き中",
  "Original message was deleted": "元のメッセージは削除されました",
  Send: "送信",
  True: "はい",
  False: "いいえ",
  "Loading…": "読み込み中…",
  "No options match": "一致する候補がありません",
  "Loading options failed": "候補の読み込みに失敗しました",
  "You do not see any channel here.": "表示できるチャンネルがありません。",
  unknown: "不明",
  "Deleted role": "削除されたロール",
  "Unknown user": "不明なユーザー",
  "Timed out": "タイムアウト中",
};

let locale = "en-US";

/** Speak the language of this Discord locale from now on. */
export function speak(wanted) {
  locale = wanted;
  document.documentElement.lang = locale;
}

/** The locale that is spoken, for dates and numbers. */
export function spoken() {
  return locale;
}

/** A phrase in the spoken language with its {places} filled. */
export function t(phrase, values = {}) {
  const found = locale.startsWith("ja") ? (JA[phrase] ?? phrase) : phrase;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
