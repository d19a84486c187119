//! The words that say what kind of number follows.
//!
//! In lower case where the script has cases; a `*` at the end makes a word
//! stand for all words that start so. Words with other letters than ASCII are
//! looked for anywhere in a word, because many scripts do not part words, and
//! languages put endings before and behind.

/// Announce a phone number.
pub(super) const PHONE: &str = "\
    answering anruf* appel appelez appeler ara arama* arayin bel bellen bereik* call callback* called caller calling calls cel \
    cell cellphone* cells cellul* celular* chiam* contact* contat* desk dial dt dzwon* emergency erreich* facsimil* fax \
    faxe faxes faxnummer fix fixe fon fono freephone* gsm handy* helpline* hotline* hp hubungi* joign* joindre kom \
    kontakt* landline* ligue* ligar llam* llame* mob mobiel* mobil mobile* mobilnu* mobiln* mobilt* mobiltel* messages movil* mov \
    nohp notelp office ph phn phone* portable* puh puhelin* reach* ring ringe ringa ruf rufen rufnummer* signal* smartphone* sms \
    soita* suna* tel tele telecel* telef* telem* telep* telex telf telnr* tels telno* text texted texting tfno tlf tlfn tlp \
    tollfree* viber* voicemail* volejte* volajte* wa whatsapp* zadzwo* zavol* zurueckruf* \
    тел зателеф подзвон позвон набер звон моб llám факс дзвон телеф τηλ κιν καλέστ טלפון נייד טל' פקס هاتف جوال اتصال اتصل موبايل تلفون فاكس 電話 携帯 携帶 手機 連絡 聯絡 联系 \
    手机 电话 传真 傳真 致电 致電 拨打 撥打 ファックス ＦＡＸ ＴＥＬ 전화 연락 휴대 핸드폰 팩스 โทร มือถือ ติดต่อ फोन फ़ोन मोबाइल संपर्क điện gọi liên sđt \
    téléph télép tél móvil móvel teléf komór hívj puhel ligação čísle-telef \
    whats передзвон перезвон дзвон обад звънн καλέσ תקשר matkap* kännyk richiam* msisdn* sip mobilsz* ☎ ☏ ✆ 📞 📱 📲 ℡";

/// Announce a payment card number.
pub(super) const CARD: &str = "\
    amex card cards cardno cardnum* cardholder* cartao carta carte cartes card_number cc ccn ccnum* credit* creditcard* debit* kaart* \
    kart karta kartka kartou karte karti kartin* kartl* kartnr* kartou* kort kortet* kortti* kortil* kortnr* kortnum* kredit* kreditk* maestro mastercard* mir pan tarjeta* troy unionpay* \
    rupay* visa zahlung* \
    карт κάρτα כרטיס بطاقة البطاقة カード 카드 信用卡 银行卡 卡号 卡 บัตร कार्ड thẻ cartão kártya kártyá kartennu* kartennr* karty kartu kartic*";

/// Name some other kind of number.
pub(super) const OTHER: &str = "\
    aadhaar* aadhar* abn acc aktenzeichen az account* acct acn amount amt art article* artikel* auftrag* awb barcode* batch bban bestell* \
    bestilling* bestelling* bic booking* bsn build bytes case cedula* cid cif claim* cnpj code codes codice* coleta comand* commande* commit* \
    compte confirmation* conta contribuin* coordin* cpf cpr cuenta cuil cuit curp cvr cvv cvc date dato datum dic dni dob doi ean ein employee* epoch \
    exp factur* faktur* fatura* fattura* gln gst gstin gtin* hash hkid iban iccid ico id incident ids identif* identity imei imsi insee insurance inv invoice* isbn* issn item items iva kimlik kod kode konto* kontonummer* kvk lat latitud* licen* line \
    lines lng lon longitud* lot matricul* medicare meid model* member* mrn ms msgid mtn national nhs nie nif nin nip nir nit nonce npi ns objedn* offset oib orgnr organis* \
    order* ordine* ordre* otp page pages parcel part pasap* passeport* passport* patient* partita pedido* pesanan* piva \
    pesel* pid plz pnr po policy policies population port postal* postcode* ppid product* produkt* psc purchase* qty quantity receipt* rechnung* record* ref refer* refs \
    registration regon rekening* release* rendel* resi reservation* rev revision* rfc rfid rg routing* row rows rut rvn sap schedule score security seed seq sequence* seri serial* serien* \
    shipment* shipping sin siparis* sipariş siren siret size sku sn social sociale ssn steuer* student* sum svnr swift szamla* tc tckn task* tax* tfn \
    ticket* tid tilaus* timestamp* time timeout tin tisch total track* trans* ts txn uid unix upc us usec uuid vat ver vergi vorgang* version* \
    versand* vertrag* vin waybill* zamowien* zip zipcode personnummer* personnr* cpr_nr rodne* rodnych* asiakas* hetu kundennummer* \
    договор артикул огрн заказ счет счёт инн снилс паспорт индекс замовлен παραγγελ αφμ 注文 身份证 订单 訂單 編號 编号 口座 账号 帳號 运单 郵便 등록번호 주문 송장 계좌 هوية طلب فاتورة \
    הזמנה חשבון ใบสั่ง ประจำตัว คำสั่ง ऑर्डर zamówien sécurité mã thuế nº-pedido \
    cart klantnum* kundenr* kundnr*  \
    przesylk* zasilk* tracking* suivi seguimiento rastre* tracciament* sporing* seurant* takip amka afm taj cnp cui ico dic nik npwp cvr \
      przesył zásilk číslo-zás sändnings  αποστολ αμκα \
    договір посилк отправлен відправлен пратк поръчк трек іпн єдрпоу ičo vận  契約 追跡 商品 検針 合同 快递单 单号 發票 发票 請求書 계약 운송장 청구서 \
    מעקב חוזה التتبع العقد ติดตาม ใบแจ้งหนี้ ट्रैकिंग बिल \
    polizz* poliz* \
    mitglied* miembro membro lsn session hesap* poliçe póliza apólice účet účtu účty rahun* pojistk* λογαριασμ рахун полис серийн серійн \
    予約番 预订号 序列 会员 會員 账户 帐户 예약 회원 일련 حجز حساب بوليصة खाता บัญชี khoản sériov számla bankszáml";

/// Whose number it is: a number of theirs that is called no more than that is
/// of another kind, `customer number`, `numéro client`.
pub(super) const PARTY: &str = "\
    customer customers client clients cliente clientes klient klienta klienten kunde kunden kundes kund klant klanten pelanggan zakaznik* \
    zákazn müşteri πελάτη клиент клієнт ügyfél khách お客様 客户 客戶 고객 לקוח العميل ลูกค้า ग्राहक";

/// Only say that a number follows.
pub(super) const NUMBER: &str = "\
    number numbers nummer nummern numer numeri numero numeros numara* nomor nummeret numret numeroon \
    номер αριθμ מספר رقم 番号 号码 號碼 번호 เบอร์ หมายเลข नंबर číslo číslem número numéro";

/// The same, short, as written behind a name: `Order No. 123`.
pub(super) const NUMBER_SIGN: &str = "no nr nro num nos nrs č nº № n°";

/// What an amount counts, when it stands behind it.
pub(super) const UNIT: &str = "\
    aud bgn billion brl bytes cad chf clp cny cop czk dkk dollar* einwohn* eur euro* gb gbp ghz habitant* hits hkd huf idr inhabitant* \
    ils inr items jpy kb kg kilomet* km krona* krone* kr ksh lei lines lir* mb mbit metres meters mhz million* mm ms mxn myr nok nzd people persons \
    peso* php pieces pln points pounds records rmb ron rows rub rupe* sar sek seconds sgd steps stk stück tb thb tl tokens tonnes tons try twd uah units \
    usd users vnd views volt visitors voters watt words yen yuan zar zl kč zł ft руб грн тыс млн чел жител человек 円 元 원 人 名 บาท ₫ đồng ريال درهم جنيه";

/// May stand between such a word and the number.
pub(super) const LINK: &str = "\
    al and at au business current direct de del der do ed el es eller est ili is ist it la le lub me mein meine mi mio mon my nebo neue neuen new nieuwe nouveau novo nowy nuevo nuovo och old oder of og on or os our ou own personal private \
    pod sa sub the to tai til un und under unter us via your ze zu это или je jest er é è este";
