// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/style.h"

#include "theme/icons.h"
#include "theme/theme.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStyleOption>
#include <QTabBar>
#include <QToolBar>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr qreal Radius = 5;

void roundedBox(QPainter *painter, const QRectF &rect, const QColor &fill, const QColor &line, qreal width = 1,
                qreal radius = Radius)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter->setPen(line.isValid() ? QPen(line, width) : QPen(Qt::NoPen));
    const qreal inset = line.isValid() ? width / 2 : 0;
    painter->drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void drawIcon(QPainter *painter, const QRect &rect, const QString &name, const QColor &colour, int size = 16)
{
    const QPixmap pixmap = icons::pixmap(name, colour, size, painter->device()->devicePixelRatioF());
    painter->drawPixmap(rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2, pixmap);
}

bool isOn(const QStyleOption *option, QStyle::StateFlag flag)
{
    return option->state.testFlag(flag);
}

} // namespace

Style::Style() : QProxyStyle(u"Fusion"_s) {}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget) || qobject_cast<QTabBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize: return 16;
    case PM_ScrollBarExtent: return 12;
    case PM_ScrollBarSliderMin: return 32;
    case PM_TreeViewIndentation: return 18;
    case PM_TabBarTabHSpace: return 24;
    case PM_TabBarTabVSpace: return 16;
    case PM_TabBarTabOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarBaseHeight:
    case PM_TabBarBaseOverlap:
    case PM_ToolBarFrameWidth:
    case PM_DockWidgetFrameWidth:
    case PM_DockWidgetTitleMargin:
    case PM_MenuBarPanelWidth:
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap: return 0;
    case PM_ToolBarItemMargin: return 6;
    case PM_ToolBarItemSpacing: return 2;
    case PM_ToolBarSeparatorExtent: return 13;
    case PM_ToolBarExtensionExtent: return 24;
    case PM_DockWidgetSeparatorExtent:
    case PM_SplitterWidth: return 5;
    case PM_MenuPanelWidth: return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin: return 4;
    case PM_MenuBarItemSpacing: return 2;
    case PM_MenuBarVMargin: return 2;
    case PM_HeaderMargin: return 8;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return 8;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_ToolTipLabelFrameWidth: return 6;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_UnderlineShortcut:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_DockWidget_ButtonsHaveFrame:
    case SH_ComboBox_Popup:
    case SH_Widget_Animation_Duration:
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_ItemView_ActivateItemOnSingleClick:
    case SH_TabBar_ElideMode: return 0;
    case SH_ToolTipLabel_Opacity:
    case SH_MessageBox_CenterButtons: return hint == SH_ToolTipLabel_Opacity ? 255 : 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_TabBar_Alignment: return Qt::AlignLeft;
    case SH_Header_ArrowAlignment: return Qt::AlignRight | Qt::AlignVCenter;
    case SH_Table_GridLineColor: return int(Theme::tokens().border.rgba());
    case SH_ToolTip_WakeUpDelay: return 450;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

void Style::drawButtonPanel(const QStyleOption &option, QPainter *painter, bool isDefault) const
{
    const Tokens &t = Theme::tokens();
    const bool enabled = isOn(&option, State_Enabled);
    const bool down = isOn(&option, State_Sunken) || isOn(&option, State_On);
    QColor fill = t.raised;
    QColor line = t.borderStrong;
    if (isDefault && enabled) {
        fill = down ? t.accent.darker(112) : isOn(&option, State_MouseOver) ? t.accent.lighter(108) : t.accent;
        line = QColor();
    } else if (!enabled) {
        fill = t.chrome;
        line = t.border;
    } else if (down) {
        fill = t.selectionInactive;
    } else if (isOn(&option, State_MouseOver)) {
        fill = t.hover;
    }
    roundedBox(painter, option.rect, fill, line);
    if (isOn(&option, State_HasFocus) && isOn(&option, State_KeyboardFocusChange))
        roundedBox(painter, QRectF(option.rect), QColor(), isDefault ? t.text : t.accent, 2);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    const Tokens &t = Theme::tokens();
    switch (element) {
    case PE_FrameFocusRect:
        if (!widget || !isOn(option, State_KeyboardFocusChange) || qobject_cast<const QAbstractItemView *>(widget))
            return; // item views show focus through the current row
        return roundedBox(painter, option->rect, QColor(), t.accent, 1.5);
    case PE_PanelButtonCommand: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        const bool isDefault = button && (button->features & QStyleOptionButton::DefaultButton);
        if (button && (button->features & QStyleOptionButton::Flat)) {
            if (isOn(option, State_Enabled) && (isOn(option, State_MouseOver) || isOn(option, State_Sunken)))
                roundedBox(painter, option->rect, isOn(option, State_Sunken) ? t.selectionInactive : t.neutralSoft, {});
            if (isOn(option, State_HasFocus) && isOn(option, State_KeyboardFocusChange))
                roundedBox(painter, option->rect, QColor(), t.accent, 2);
            return;
        }
        return drawButtonPanel(*option, painter, isDefault);
    }
    case PE_FrameDefaultButton: return;
    case PE_PanelButtonTool: {
        const bool on = isOn(option, State_On);
        const bool enabled = isOn(option, State_Enabled);
        if (enabled && (isOn(option, State_Sunken) || on))
            roundedBox(painter, option->rect, on ? t.accentSoft : t.selectionInactive, {});
        else if (enabled && isOn(option, State_MouseOver))
            roundedBox(painter, option->rect, t.neutralSoft, {});
        if (isOn(option, State_HasFocus) && isOn(option, State_KeyboardFocusChange))
            roundedBox(painter, option->rect, QColor(), t.accent, 1.5);
        return;
    }
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option); frame && frame->lineWidth <= 0) {
            if (element == PE_PanelLineEdit)
                painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
            return;
        }
        const bool focus = isOn(option, State_HasFocus);
        const bool invalid = widget && widget->property("invalid").toBool();
        const QColor line = invalid ? t.error : focus ? t.accent : t.borderStrong;
        return roundedBox(painter, option->rect, isOn(option, State_Enabled) ? t.surface : t.chrome, line,
                          focus || invalid ? 1.5 : 1);
    }
    case PE_Frame: {
        if (widget && widget->property("boxed").toBool())
            roundedBox(painter, option->rect, QColor(), isOn(option, State_HasFocus) ? t.accent : t.border,
                       isOn(option, State_HasFocus) ? 1.5 : 1);
        return;
    }
    case PE_FrameGroupBox: return roundedBox(painter, option->rect, QColor(), t.border);
    case PE_PanelItemViewItem:
    case PE_PanelItemViewRow: {
        const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option);
        if (!item)
            return;
        if (element == PE_PanelItemViewRow) {
            // The part of a tree's row before its cell.
            if (!qobject_cast<const QTreeView *>(widget) || !isOn(option, State_Selected))
                return;
            painter->fillRect(item->rect, isOn(option, State_Active) ? t.selection : t.selectionInactive);
            return;
        }
        QColor fill;
        if (isOn(option, State_Selected))
            fill = isOn(option, State_Active) ? t.selection : t.selectionInactive;
        else if (isOn(option, State_MouseOver))
            fill = t.hover;
        if (fill.isValid())
            painter->fillRect(item->rect, fill);
        return;
    }
    case PE_IndicatorBranch:
        if (isOn(option, State_Children))
            drawIcon(painter, option->rect, isOn(option, State_Open) ? u"chevron-down"_s : u"chevron-right"_s, t.faint,
                     14);
        return;
    case PE_IndicatorTabClose: return drawIcon(painter, option->rect, u"close"_s, t.muted);
    case PE_IndicatorArrowDown:
        return drawIcon(painter, option->rect, u"chevron-down"_s, t.muted, qMin(14, option->rect.width()));
    case PE_IndicatorArrowRight: return drawIcon(painter, option->rect, u"chevron-right"_s, t.muted, 14);
    case PE_IndicatorHeaderArrow: return;
    case PE_FrameTabWidget:
    case PE_FrameDockWidget:
    case PE_FrameStatusBarItem:
    case PE_FrameButtonBevel:
    case PE_FrameWindow: return;
    case PE_FrameTabBarBase:
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
        return;
    case PE_PanelStatusBar:
    case PE_PanelMenuBar:
        painter->fillRect(option->rect, t.chrome);
        if (element == PE_PanelStatusBar)
            painter->fillRect(QRect(option->rect.topLeft(), QSize(option->rect.width(), 1)), t.border);
        return;
    case PE_IndicatorToolBarSeparator: {
        const QRect r = option->rect;
        painter->fillRect(QRect(r.center().x(), r.top() + 7, 1, r.height() - 14), t.border);
        return;
    }
    case PE_PanelScrollAreaCorner: painter->fillRect(option->rect, option->palette.base()); return;
    case PE_IndicatorToolBarHandle: return;
    case PE_IndicatorDockWidgetResizeHandle: {
        const QRect r = option->rect;
        painter->fillRect(r, t.chrome);
        if (r.width() < r.height())
            painter->fillRect(QRect(r.center().x(), r.top(), 1, r.height()), t.border);
        else
            painter->fillRect(QRect(r.left(), r.center().y(), r.width(), 1), t.border);
        return;
    }
    case PE_PanelMenu:
    case PE_FrameMenu:
        if (element == PE_PanelMenu)
            painter->fillRect(option->rect, t.raised);
        painter->save();
        painter->setPen(t.borderStrong);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5));
        painter->restore();
        return;
    case PE_PanelTipLabel: painter->fillRect(option->rect, option->palette.toolTipBase()); return;
    case PE_IndicatorCheckBox: {
        const bool on = isOn(option, State_On);
        const QRect box = option->rect.adjusted(0, 0, 0, 0);
        roundedBox(painter, box, on ? t.accent : t.surface, on ? t.accent : t.borderStrong, 1, 4);
        if (on)
            drawIcon(painter, box, u"check"_s, t.onAccent, 12);
        return;
    }
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawTab(const QStyleOptionTab &tab, QPainter *painter, const QWidget *widget) const
{
    const Tokens &t = Theme::tokens();
    const bool selected = isOn(&tab, State_Selected);
    const bool hovered = isOn(&tab, State_MouseOver) && isOn(&tab, State_Enabled);
    const QRect r = tab.rect;
    painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), t.border);
    if (selected)
        roundedBox(painter, QRectF(r.left() + 8, r.bottom() - 1, r.width() - 16, 2), t.accent, {}, 1, 1);
    if (isOn(&tab, State_HasFocus) && isOn(&tab, State_KeyboardFocusChange))
        roundedBox(painter, r.adjusted(4, 4, -4, -5), QColor(), t.accent, 1.5);
    QRect text = r.adjusted(12, 0, -12, -1);
    if (!tab.icon.isNull()) {
        const QPixmap pixmap = tab.icon.pixmap(QSize(16, 16), painter->device()->devicePixelRatioF(),
                                               selected ? QIcon::Normal : QIcon::Normal);
        painter->drawPixmap(text.left(), text.center().y() - 7, pixmap);
        text.setLeft(text.left() + 22);
    }
    painter->save();
    QFont font = widget ? widget->font() : painter->font();
    font.setWeight(selected ? QFont::DemiBold : QFont::Medium);
    painter->setFont(font);
    painter->setPen(selected || hovered ? t.text : t.muted);
    painter->drawText(text, Qt::AlignCenter | Qt::TextHideMnemonic, tab.text);
    painter->restore();
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    const Tokens &t = Theme::tokens();
    switch (element) {
    case CE_TabBarTab:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option))
            return drawTab(*tab, painter, widget);
        break;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, t.chrome);
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
        return;
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            painter->save();
            QFont font = Theme::smallFont();
            font.setWeight(QFont::Medium);
            painter->setFont(font);
            painter->setPen(t.muted);
            painter->drawText(header->rect, int(header->textAlignment | Qt::AlignVCenter),
                              painter->fontMetrics().elidedText(header->text, Qt::ElideRight, header->rect.width()));
            painter->restore();
            return;
        }
        break;
    case CE_Splitter: {
        const QRect r = option->rect;
        if (r.width() < r.height())
            painter->fillRect(QRect(r.center().x(), r.top(), 1, r.height()), t.border);
        else
            painter->fillRect(QRect(r.left(), r.center().y(), r.width(), 1), t.border);
        return;
    }
    case CE_ToolBar:
        painter->fillRect(option->rect, t.chrome);
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
        return;
    case CE_MenuBarEmptyArea: painter->fillRect(option->rect, t.chrome); return;
    case CE_MenuBarItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            painter->fillRect(item->rect, t.chrome);
            if (isOn(item, State_Selected))
                roundedBox(painter, item->rect.adjusted(0, 2, 0, -2), t.neutralSoft, {});
            painter->setPen(t.text);
            painter->drawText(item->rect, Qt::AlignCenter | Qt::TextHideMnemonic | Qt::TextDontClip, item->text);
            return;
        }
        break;
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option)) {
            const bool primary = button->features & QStyleOptionButton::DefaultButton;
            const bool enabled = isOn(button, State_Enabled);
            const int textWidth = button->fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
            const int iconWidth = button->icon.isNull() ? 0 : 16 + 8;
            int x = button->rect.x() + (button->rect.width() - textWidth - iconWidth) / 2;
            if (iconWidth > 0) {
                const QPixmap pixmap = button->icon.pixmap(QSize(16, 16), painter->device()->devicePixelRatioF(),
                                                           enabled ? QIcon::Normal : QIcon::Disabled);
                painter->drawPixmap(x, button->rect.center().y() - 7, pixmap);
                x += iconWidth;
            }
            painter->setPen(!enabled ? t.disabled : primary ? t.onAccent : t.text);
            painter->drawText(QRect(x, button->rect.top(), textWidth + 2, button->rect.height()),
                              Qt::AlignLeft | Qt::AlignVCenter | Qt::TextHideMnemonic, button->text);
            return;
        }
        break;
    case CE_ShapedFrame: return drawPrimitive(PE_Frame, option, painter, widget);
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawScrollBar(const QStyleOptionSlider &bar, QPainter *painter, const QWidget *widget) const
{
    const Tokens &t = Theme::tokens();
    painter->fillRect(bar.rect, bar.palette.color(QPalette::Base));
    if (bar.maximum <= bar.minimum)
        return;
    const QRect slider = proxy()->subControlRect(CC_ScrollBar, &bar, SC_ScrollBarSlider, widget);
    const bool active = bar.state.testFlag(State_MouseOver) || (bar.activeSubControls & SC_ScrollBarSlider);
    const QColor colour = (bar.state & State_Sunken) ? t.faint : active ? t.borderStrong.darker(110) : t.borderStrong;
    const QRectF thumb =
        bar.orientation == Qt::Vertical ? QRectF(slider).adjusted(3, 2, -3, -2) : QRectF(slider).adjusted(2, 3, -2, -3);
    roundedBox(painter, thumb, colour, {}, 1, 3);
}

void Style::drawComboBox(const QStyleOptionComboBox &box, QPainter *painter, const QWidget *widget) const
{
    Q_UNUSED(widget)
    const Tokens &t = Theme::tokens();
    const bool focus = isOn(&box, State_HasFocus);
    const QColor fill = isOn(&box, State_MouseOver) && isOn(&box, State_Enabled) ? t.hover : t.raised;
    roundedBox(painter, box.rect, fill, focus ? t.accent : t.borderStrong, focus ? 1.5 : 1);
    drawIcon(painter, QRect(box.rect.right() - 22, box.rect.top(), 18, box.rect.height()), u"chevron-down"_s, t.muted,
             14);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                               const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option))
            return drawScrollBar(*bar, painter, widget);
    }
    if (control == CC_ComboBox) {
        if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option))
            return drawComboBox(*box, painter, widget);
    }
    if (control == CC_ToolButton) {
        // Text beside the icon looks the same in every state: Fusion would shift it and draw a menu arrow of its own.
        if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option)) {
            drawPrimitive(PE_PanelButtonTool, option, painter, widget);
            QStyleOptionToolButton label = *button;
            label.rect = button->rect.adjusted(4, 0, -4, 0);
            if (button->features & QStyleOptionToolButton::HasMenu &&
                button->toolButtonStyle != Qt::ToolButtonIconOnly) {
                label.rect.adjust(0, 0, -14, 0);
                drawIcon(painter, QRect(button->rect.right() - 18, button->rect.top(), 16, button->rect.height()),
                         u"chevron-down"_s, Theme::tokens().muted, 12);
            }
            label.state &= ~(State_Sunken | State_HasFocus);
            drawControl(CE_ToolButtonLabel, &label, painter, widget);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                            const QWidget *widget) const
{
    if (control == CC_ComboBox && part == SC_ComboBoxEditField)
        return option->rect.adjusted(8, 1, -24, -1);
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    if (element == SE_ItemViewItemFocusRect)
        return option->rect;
    return QProxyStyle::subElementRect(element, option, widget);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                              const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_TabBarTab:
        // The chosen tab is drawn strong; how much wider that is depends on the font that there is.
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            const int extra = QFontMetrics(Theme::strongFont()).horizontalAdvance(tab->text) -
                              option->fontMetrics.horizontalAdvance(tab->text);
            return {result.width() + qMax(0, extra) + 2, result.height()};
        }
        return result;
    case CT_PushButton: return {result.width() + 16, qMax(30, result.height())};
    case CT_ToolButton: return {qMax(28, size.width() + 12), qMax(28, size.height() + 8)};
    case CT_ComboBox: return {result.width() + 8, qMax(28, result.height())};
    case CT_LineEdit: return {result.width(), qMax(28, result.height())};
    case CT_MenuItem: return {result.width() + 16, qMax(26, result.height())};
    case CT_MenuBarItem: return {size.width() + 16, size.height() + 8};
    case CT_HeaderSection: return {result.width(), qMax(28, result.height())};
    default: return result;
    }
}

} // namespace paddock::ui
